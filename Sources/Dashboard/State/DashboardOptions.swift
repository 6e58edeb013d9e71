import Foundation
import Training

extension DashboardApplication {
    /// What the command line chooses.
    public struct Options {
        /// The folder with the theme files.
        public var themesFolder: URL
        /// The theme to begin with; nil for the one that suits the terminal.
        public var themeName: String?
        /// Frames per second at most.
        public var framesPerSecond: Double
        /// Fewer colours than the terminal has.
        public var colors: ColorDepth?
        /// Other glyphs than the terminal's locale suggests.
        public var glyphs: Glyphs?
        /// Whether the mouse is listened to.
        public var listensToMouse: Bool
        /// How pictures are shown; nil for the best that the terminal is known to have.
        public var pictures: PictureMode?
        /// Whether the run can go on without the dashboard, so that leaving may mean that.
        public var canDetach = false
        /// Whether the run is another process's, which this dashboard only looks at and steers.
        public var isAttached = false
        /// Whether it only looks: leaving is no question then.
        public var isReadOnly = false
        /// Where the Compare screen gets its comparisons from; nil for none.
        public var comparisons: (any ComparisonLibrary)?
        /// Opens the stored runs, on another thread; nil where there are none to show.
        public var runs: (@Sendable () throws -> any RunLibrary)?
        /// The process's environment.
        public var environment: [String: String]
        /// Whether standard error is kept off the screen. Tests that run beside others leave it alone.
        var capturesStandardError = true

        /// Options; all but the folder have defaults.
        public init(
            themesFolder: URL, themeName: String? = nil, framesPerSecond: Double? = nil, colors: ColorDepth? = nil,
            glyphs: Glyphs? = nil, listensToMouse: Bool = true, pictures: PictureMode? = nil,
            comparisons: (any ComparisonLibrary)? = nil,
            environment: [String: String] = ProcessInfo.processInfo.environment
        ) {
            self.themesFolder = themesFolder
            self.themeName = themeName
            self.framesPerSecond = framesPerSecond ?? FramePacer.usualRate
            self.colors = colors
            self.glyphs = glyphs
            self.listensToMouse = listensToMouse
            self.pictures = pictures
            self.comparisons = comparisons
            self.environment = environment
        }
    }
}
