import Foundation

/// The theme that is shown: the next one of its folder, or the same one as its file has become.
struct CurrentTheme {
    private(set) var theme: Theme
    private let folder: URL
    private var watcher: ThemeWatcher

    /// Reads a theme.
    /// - Throws: `ThemeError`.
    init(named name: String, in folder: URL) throws(ThemeError) {
        self.folder = folder
        theme = try Theme.load(named: name, from: folder)
        watcher = ThemeWatcher(theme.name, in: folder)
    }

    /// Goes over to the next theme of the folder; answers what the screen says of it.
    mutating func next() -> DashboardState.Notice? {
        let names = Theme.names(in: folder)
        guard !names.isEmpty else { return nil }
        let next = names[((names.firstIndex(of: theme.name) ?? -1) + 1) % names.count]
        defer { watcher = ThemeWatcher(theme.name, in: folder) }
        do {
            theme = try Theme.load(named: next, from: folder)
            return .init(text: "theme \(theme.name)\(theme.summary.isEmpty ? "" : ": \(theme.summary)")", level: .info)
        } catch {
            // The broken one keeps its place in the round, so that the key does not stick at it.
            theme = Theme(
                name: next, summary: theme.summary, isLight: theme.isLight, colors: theme.colors,
                gradient: theme.gradient)
            return .init(text: "\(error)", level: .error)
        }
    }

    /// Reads the theme's file again if it has changed; with an error in it, the colours stay as they are.
    mutating func reloadIfChanged() -> DashboardState.Notice? {
        guard watcher.hasChanged() else { return nil }
        do {
            theme = try Theme.load(named: theme.name, from: folder)
            return .init(text: "theme \(theme.name) read again", level: .info)
        } catch { return .init(text: "\(error)", level: .error) }
    }
}
