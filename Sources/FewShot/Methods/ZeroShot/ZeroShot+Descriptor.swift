extension MethodName {
    /// CLIP without any adaptation.
    public static let zeroShot = MethodName(declaring: "zero-shot")
}

extension ZeroShotMethod {
    public static let descriptor = MethodDescriptor(
        .zeroShot, NoParameters.self,
        summary: "CLIP as it is: the classifier is made from the class names' prompts alone.",
        paper: Paper(
            "Learning Transferable Visual Models From Natural Language Supervision", "Radford et al., 2021",
            arXiv: "2103.00020"),
        batching: .trainingFree, isClassBound: false, recognises: { _ in false },
        make: { _, _, inputs in
            ZeroShotMethod(textFeatures: inputs.textFeatures, logitScale: inputs.logitScale)
        },
        read: { _, textFeatures, logitScale in
            ZeroShotMethod(textFeatures: textFeatures, logitScale: logitScale)
        })
}
