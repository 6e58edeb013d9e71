/// The version of the program, as its files and `--version` say it.
public enum ProgramVersion {
    /// The version.
    public static let text = "0.1.0"
}
