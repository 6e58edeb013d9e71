import ArgumentParser

/// What `--template` takes, in every command that has it.
enum PromptHelp {
    static let template = ArgumentHelp(
        """
        Prompt with {} for the class name; or the name of a list: imagenet-7, imagenet-80, a benchmark's (eurosat, dtd, \
        ...) or the CLIP paper's for it (clip-eurosat, ...); or a file: a template a line, class<TAB>prompt, or JSON \
        prompts by class. May be given several times (default: the data set's own, else 'a photo of a {}.').
        """, valueName: "text|name|file")
}
