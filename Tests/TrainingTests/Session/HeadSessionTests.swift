import FewShot
import Foundation
import TestSupport
import Testing

@testable import Training

/// The methods that learn a classifier for their own classes, from picture files to an adapter file.
@Suite struct HeadSessionTests {
    @Test(arguments: [MethodName.linearProbe, .tipAdapter, .tipAdapterF, .lpPlusPlus, .channelHead])
    func trainsSearchesAndSaves(name: MethodName) throws {
        let harness = try SessionHarness(change: {
            $0.use(name)
            $0.epochs = min($0.epochs, 30)
            if $0.method.descriptor.setting("augment-passes") != nil { $0.method["augment-passes"] = 2 }
        })
        let result = try #require(try harness.follow())
        #expect(result.state == .done)
        let report = try #require(harness.session.report)
        let search = try #require(report.search)
        #expect(search.validationCount == 6 && search.tried > 1)
        #expect(report.finalValidation?.top1 == search.validationTop1)
        #expect(report.epochs.isEmpty == (name == .tipAdapter))
        if name == .linearProbe { #expect(report.epochs.count < 30) }

        let file = try AdapterFile(contentsOf: try #require(result.adapterFile))
        #expect(file.kind == name && file.classNames == ["bird", "coin", "tool"])
        #expect(file.parameters == report.parameters)
    }

    @Test func augmentationIsForMethodsInBatches() {
        for name in [MethodName.linearProbe, .tipAdapter, .lpPlusPlus] {
            var configuration = TrainingConfiguration(model: URL(filePath: "/"), data: URL(filePath: "/"))
            configuration.use(name)
            #expect(throws: Never.self) { try configuration.validate() }
            configuration.augment = true
            #expect(throws: ConfigurationError.self) { try configuration.validate() }
        }
    }

    @Test func settingsThatMakeNoSenseAreRefused() {
        let changes: [(MethodName, MethodSettings)] = [
            (.linearProbe, ["C": 0]), (.linearProbe, ["C": .number(.nan)]), (.linearProbe, ["ensemble": 1.5]),
            (.linearProbe, ["ensemble": "search", "features": "projected"]), (.linearProbe, ["ratio": 0.2]),
            (.tipAdapter, ["alpha": -1]), (.tipAdapter, ["beta": 0]), (.tipAdapter, ["augment-passes": -1]),
            (.channelHead, ["fusion": 2]), (.clipAdapter, ["branch": "up"]), (.clipAdapter, ["ratio": "half"]),
            (.clipAdapter, ["ratios": [0.1, 0.1]]), (.clipAdapter, ["ratio": 1, "ratio-mode": "hyper"]),
            (.clipAdapter, ["reduction": 1.5]), (.clipAdapter, ["dropout": 1]), (.clipAdapter, ["ratio-lr": 0]),
        ]
        for (name, settings) in changes {
            var configuration = TrainingConfiguration(model: URL(filePath: "/"), data: URL(filePath: "/"))
            configuration.use(name)
            #expect(throws: Never.self) { try configuration.validate() }
            configuration.method.settings.merge(settings) { $1 }
            #expect(throws: ConfigurationError.self) { try configuration.validate() }
        }
    }
}
