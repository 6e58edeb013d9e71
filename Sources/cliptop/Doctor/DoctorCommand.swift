import ArgumentParser
import Foundation
import Store
import Tensors

/// `cliptop doctor`: what the program runs on, in one screen, and what to do about what is not as it should be.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "What cliptop runs on, and what to do about each problem.")

    func run() throws {
        let resources = Resources()
        let cpuinfo = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let processor = ProcessorFindings(
            facts: ProcessorFacts(cpuinfo: cpuinfo), cores: ProcessInfo.processInfo.activeProcessorCount,
            blasCore: OpenBLAS.coreName, forcedCore: OpenBLAS.forcedCoreName,
            oneDNN: OneDNNFacts.current())
        let terminal = TerminalFindings.current()
        let files = FileFindings(state: StateDirectory(), resources: resources)
        let groups = [processor.group, terminal.group, files.group]
        Output.line(FindingsText(width: min(max(terminal.columns ?? 80, 40), 100)).render(groups))
    }
}
