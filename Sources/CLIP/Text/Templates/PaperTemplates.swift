/// The template lists of the CLIP paper, one per data set, as OpenAI published them (docs/data.md#prompts).
enum PaperTemplates {
    /// The lists, by the data set's name in small letters; one template a line.
    static let lists: [String: String] = [
        "birdsnap": """
        a photo of a {}, a type of bird.
        """,
        "cifar10": """
        a photo of a {}.
        a blurry photo of a {}.
        a black and white photo of a {}.
        a low contrast photo of a {}.
        a high contrast photo of a {}.
        a bad photo of a {}.
        a good photo of a {}.
        a photo of a small {}.
        a photo of a big {}.
        a photo of the {}.
        a blurry photo of the {}.
        a black and white photo of the {}.
        a low contrast photo of the {}.
        a high contrast photo of the {}.
        a bad photo of the {}.
        a good photo of the {}.
        a photo of the small {}.
        a photo of the big {}.
        """,
        "cifar100": """
        a photo of a {}.
        a blurry photo of a {}.
        a black and white photo of a {}.
        a low contrast photo of a {}.
        a high contrast photo of a {}.
        a bad photo of a {}.
        a good photo of a {}.
        a photo of a small {}.
        a photo of a big {}.
        a photo of the {}.
        a blurry photo of the {}.
        a black and white photo of the {}.
        a low contrast photo of the {}.
        a high contrast photo of the {}.
        a bad photo of the {}.
        a good photo of the {}.
        a photo of the small {}.
        a photo of the big {}.
        """,
        "clevrcounts": """
        a photo of {} objects.
        """,
        "caltech101": """
        a photo of a {}.
        a painting of a {}.
        a plastic {}.
        a sculpture of a {}.
        a sketch of a {}.
        a tattoo of a {}.
        a toy {}.
        a rendition of a {}.
        a embroidered {}.
        a cartoon {}.
        a {} in a video game.
        a plushie {}.
        a origami {}.
        art of a {}.
        graffiti of a {}.
        a drawing of a {}.
        a doodle of a {}.
        a photo of the {}.
        a painting of the {}.
        the plastic {}.
        a sculpture of the {}.
        a sketch of the {}.
        a tattoo of the {}.
        the toy {}.
        a rendition of the {}.
        the embroidered {}.
        the cartoon {}.
        the {} in a video game.
        the plushie {}.
        the origami {}.
        art of the {}.
        graffiti of the {}.
        a drawing of the {}.
        a doodle of the {}.
        """,
        "country211": """
        a photo i took in {}.
        a photo i took while visiting {}.
        a photo from my home country of {}.
        a photo from my visit to {}.
        a photo showing the country of {}.
        """,
        "describabletextures": """
        a photo of a {} texture.
        a photo of a {} pattern.
        a photo of a {} thing.
        a photo of a {} object.
        a photo of the {} texture.
        a photo of the {} pattern.
        a photo of the {} thing.
        a photo of the {} object.
        """,
        "eurosat": """
        a centered satellite photo of {}.
        a centered satellite photo of a {}.
        a centered satellite photo of the {}.
        """,
        "fgvcaircraft": """
        a photo of a {}, a type of aircraft.
        a photo of the {}, a type of aircraft.
        """,
        "facialemotionrecognition2013": """
        a photo of a {} looking face.
        a photo of a face showing the emotion: {}.
        a photo of a face looking {}.
        a face that looks {}.
        they look {}.
        look at how {} they are.
        """,
        "flowers102": """
        a photo of a {}, a type of flower.
        """,
        "food101": """
        a photo of {}, a type of food.
        """,
        "gtsrb": """
        a zoomed in photo of a "{}" traffic sign.
        a centered photo of a "{}" traffic sign.
        a close up photo of a "{}" traffic sign.
        """,
        "hatefulmemes": """
        a {}.
        """,
        "kitti": """
        {}
        """,
        "kinetics700": """
        a photo of {}.
        a photo of a person {}.
        a photo of a person using {}.
        a photo of a person doing {}.
        a photo of a person during {}.
        a photo of a person performing {}.
        a photo of a person practicing {}.
        a video of {}.
        a video of a person {}.
        a video of a person using {}.
        a video of a person doing {}.
        a video of a person during {}.
        a video of a person performing {}.
        a video of a person practicing {}.
        a example of {}.
        a example of a person {}.
        a example of a person using {}.
        a example of a person doing {}.
        a example of a person during {}.
        a example of a person performing {}.
        a example of a person practicing {}.
        a demonstration of {}.
        a demonstration of a person {}.
        a demonstration of a person using {}.
        a demonstration of a person doing {}.
        a demonstration of a person during {}.
        a demonstration of a person performing {}.
        a demonstration of a person practicing {}.
        """,
        "mnist": """
        a photo of the number: "{}".
        """,
        "oxfordpets": """
        a photo of a {}, a type of pet.
        """,
        "pascalvoc2007": """
        a photo of a {}.
        """,
        "patchcamelyon": """
        this is a photo of {}
        """,
        "resisc45": """
        satellite imagery of {}.
        aerial imagery of {}.
        satellite photo of {}.
        aerial photo of {}.
        satellite view of {}.
        aerial view of {}.
        satellite imagery of a {}.
        aerial imagery of a {}.
        satellite photo of a {}.
        aerial photo of a {}.
        satellite view of a {}.
        aerial view of a {}.
        satellite imagery of the {}.
        aerial imagery of the {}.
        satellite photo of the {}.
        aerial photo of the {}.
        satellite view of the {}.
        aerial view of the {}.
        """,
        "sst2": """
        a {} review of a movie.
        """,
        "stl10": """
        a photo of a {}.
        a photo of the {}.
        """,
        "sun397": """
        a photo of a {}.
        a photo of the {}.
        """,
        "stanfordcars": """
        a photo of a {}.
        a photo of the {}.
        a photo of my {}.
        i love my {}!
        a photo of my dirty {}.
        a photo of my clean {}.
        a photo of my new {}.
        a photo of my old {}.
        """,
        "ucf101": """
        a photo of a person {}.
        a video of a person {}.
        a example of a person {}.
        a demonstration of a person {}.
        a photo of the person {}.
        a video of the person {}.
        a example of the person {}.
        a demonstration of the person {}.
        a photo of a person using {}.
        a video of a person using {}.
        a example of a person using {}.
        a demonstration of a person using {}.
        a photo of the person using {}.
        a video of the person using {}.
        a example of the person using {}.
        a demonstration of the person using {}.
        a photo of a person doing {}.
        a video of a person doing {}.
        a example of a person doing {}.
        a demonstration of a person doing {}.
        a photo of the person doing {}.
        a video of the person doing {}.
        a example of the person doing {}.
        a demonstration of the person doing {}.
        a photo of a person during {}.
        a video of a person during {}.
        a example of a person during {}.
        a demonstration of a person during {}.
        a photo of the person during {}.
        a video of the person during {}.
        a example of the person during {}.
        a demonstration of the person during {}.
        a photo of a person performing {}.
        a video of a person performing {}.
        a example of a person performing {}.
        a demonstration of a person performing {}.
        a photo of the person performing {}.
        a video of the person performing {}.
        a example of the person performing {}.
        a demonstration of the person performing {}.
        a photo of a person practicing {}.
        a video of a person practicing {}.
        a example of a person practicing {}.
        a demonstration of a person practicing {}.
        a photo of the person practicing {}.
        a video of the person practicing {}.
        a example of the person practicing {}.
        a demonstration of the person practicing {}.
        """,
    ]
}
