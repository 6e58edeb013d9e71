import Safetensors
import Tensors

@testable import FewShot

/// Tip-Adapter and Tip-Adapter-F: keys, logits, the trained keys' trajectory and the search for β and α.
enum TipAdapterCheck {
    private struct Settings: Decodable {
        struct Pair: Decodable { var alpha, beta: Double }
        struct Search: Decodable {
            var scaleBeta, scaleAlpha: Double
            var stepsBeta, stepsAlpha: Int
        }
        var logitScaleMultiplier: Double
        var search: Search
        var alphaBetaPairs: [Pair]?
        var alpha, beta: Double?
        var batchSize: Int?
        var optimiser: OptimiserSettings?
    }

    static func run(_ test: MethodCase) throws -> [String] {
        let settings = try test.settings(Settings.self)
        var comparison = try CaseComparison(test)
        let inputs = try test.inputs()
        let passes = try inputs.tensor("train_passes")
        let keyCount = passes.shape[1]
        let keys = TipAdapter<Float>.keys(
            averaging: (0..<passes.rows).map {
                Tensor(Array(passes.row($0)), shape: [keyCount, passes.columns / keyCount])
            })
        try comparison.compare("cache_keys", keys)
        let adapter = TipAdapter(
            keys: keys, keyLabels: try test.labels(), textFeatures: try inputs.tensor("text_features"),
            logitScale: Float(settings.logitScaleMultiplier), alpha: settings.alpha ?? 0, beta: settings.beta ?? 0)
        let testFeatures = try inputs.tensor("test_features")
        for (index, pair) in (settings.alphaBetaPairs ?? []).enumerated() {
            (adapter.alpha, adapter.beta) = (pair.alpha, pair.beta)
            try comparison.compare("logits_test.\(index)", adapter.logits(testFeatures))
        }
        if let rule = settings.optimiser?.rule, let batchSize = settings.batchSize {
            try train(test, &comparison, TipAdapterF(adapter, batchCapacity: batchSize), rule)
            try comparison.compare("logits_test", adapter.logits(testFeatures))
        }
        try search(test, &comparison, adapter, settings.search)
        return comparison.problems
    }

    private static func train(
        _ test: MethodCase, _ comparison: inout CaseComparison, _ trained: TipAdapterF<Float>, _ rule: OptimiserRule
    ) throws {
        let features = try test.inputs().tensor("features")
        let labels = try test.labels()
        let keys = trained.adapter.keys
        let optimiser = MatrixOptimiser<Float>(rule, rows: keys.rows, columns: keys.columns)
        var losses: [Float] = []
        for (index, batch) in try test.batches().enumerated() {
            losses.append(
                Float(
                    trained.lossAndGradient(
                        features, rows: batch.rows[...], labels: batch.rows.map { labels[$0] })))
            if index == 0 { try comparison.compare("grad1.keys", trained.keyGradient.tensor) }
            optimiser.update(keys, gradient: trained.keyGradient, learningRate: batch.rate)
            try comparison.compare("step\(index + 1).keys", keys.tensor)
        }
        try comparison.compare("loss", Tensor(losses, shape: [losses.count]))
        try comparison.compare("final.keys", keys.tensor)
    }

    private static func search(
        _ test: MethodCase, _ comparison: inout CaseComparison, _ adapter: TipAdapter<Float>, _ grid: Settings.Search
    ) throws {
        let inputs = try test.inputs()
        let values = TipAdapterGrid(
            betaLimit: grid.scaleBeta, betaSteps: grid.stepsBeta, alphaLimit: grid.scaleAlpha,
            alphaSteps: grid.stepsAlpha)
        let search = TipAdapterSearch(
            adapter, features: try inputs.tensor("val_features"), labels: try test.labels("val_labels"),
            betas: values.betas, alphas: values.alphas)
        try comparison.compare("search.correct", search.correct.flatMap { $0 }, tolerance: 1)
        try comparison.compare("search.best_index", [search.bestIndex.beta, search.bestIndex.alpha])
        try comparison.compareDouble("search.best", [search.beta, search.alpha])
        (adapter.alpha, adapter.beta) = (search.alpha, search.beta)
        try comparison.compare("search.logits_test", adapter.logits(try inputs.tensor("test_features")))
    }
}
