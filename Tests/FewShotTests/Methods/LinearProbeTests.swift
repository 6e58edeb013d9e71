import Tensors
import TestSupport
import Testing

@testable import FewShot

@Suite struct LogisticObjectiveTests {
    private func objective(
        pictures: Int = 9, width: Int = 5, classes: Int = 4, form: LogisticObjective.Form = .softmax, c: Double = 2
    ) -> LogisticObjective {
        LogisticObjective(
            features: randomTensor([pictures, width], seed: 1), labels: (0..<pictures).map { Int32($0 % classes) },
            classes: classes, form: form, inverseRegularisation: c)
    }

    @Test(arguments: [(LogisticObjective.Form.softmax, 4), (.softmax, 2), (.singleVector, 2), (.softmax, 1)])
    func gradientAgreesWithFiniteDifferences(form: LogisticObjective.Form, classes: Int) {
        for pictures in [1, 2, 9] {
            let objective = LogisticObjective(
                features: randomTensor([pictures, 5], seed: 1), labels: (0..<pictures).map { Int32($0 % classes) },
                classes: classes, form: form, inverseRegularisation: 2)
            let point = Matrix(randomTensor([1, objective.rows * 6], seed: 2, as: Double.self))
            let (gradient, scratch) = (objective.origin(), objective.origin())
            _ = objective.value(at: point, gradient: gradient)
            let mismatch = gradientMismatch(of: gradient, at: point) { objective.value(at: point, gradient: scratch) }
            #expect(mismatch == nil, "\(pictures) pictures")
        }
    }

    @Test func headsAndPointsAreTheSameThing() {
        for (form, classes) in [(LogisticObjective.Form.softmax, 4), (.singleVector, 2)] {
            let objective = objective(classes: classes, form: form)
            let point = Matrix(
                randomTensor([1, objective.rows * 6], seed: 2, as: Float.self).converted(to: Double.self))
            let back = objective.point(of: objective.head(at: point))
            #expect(back.tensor.largestDifference(from: point.tensor) < 1e-6)
        }
    }

    /// The same difference of logits costs two rows half the penalty: one row needs twice the C for the same optimum.
    @Test func aSingleVectorWithTwiceTheCIsTwoRows() {
        var rules = LBFGS.Rules()
        rules.gradientTolerance = 1e-10
        let single = LinearProbe(objective(classes: 2, form: .singleVector, c: 6), rules: rules)
        let double = LinearProbe(objective(classes: 2, form: .softmax, c: 3), rules: rules)
        single.solve()
        double.solve()
        #expect(single.head.weight.largestDifference(from: double.head.weight) < 1e-5)
    }
}

@Suite struct LinearProbeTests {
    private func probe(_ features: Tensor<Float>, _ labels: [Int32], classes: Int, c: Double = 10) -> LinearProbe {
        let probe = LinearProbe(
            LogisticObjective(features: features, labels: labels, classes: classes, inverseRegularisation: c))
        probe.solve()
        return probe
    }

    @Test func learnsTheTrainingPictures() {
        let features: Tensor<Float> = randomTensor([12, 16], seed: 3)
        let labels = (0..<12).map { Int32($0 % 3) }
        let probe = probe(features, labels, classes: 3, c: 100)
        #expect(probe.isConverged)
        #expect(ClassificationMetrics(logits: probe.head.logits(features), labels: labels)?.top1 == 1)
    }

    @Test func oneClassIsAlwaysRight() {
        let probe = probe(randomTensor([3, 4], seed: 1), [0, 0, 0], classes: 1)
        #expect(probe.ending == .gradient && probe.iterations == 0)
    }

    @Test func onePictureIsEnoughToFit() {
        let features: Tensor<Float> = randomTensor([1, 4], seed: 1)
        let probe = probe(features, [1], classes: 3)
        #expect(probe.isConverged)
        #expect(ClassificationMetrics(logits: probe.head.logits(features), labels: [1])?.top1 == 1)
    }

    @Test func aClassWithoutPicturesIsNeverTheAnswer() {
        let features: Tensor<Float> = randomTensor([8, 6], seed: 2)
        let labels: [Int32] = [0, 2, 0, 2, 0, 2, 0, 2]
        let probe = probe(features, labels, classes: 3)
        let logits = probe.head.logits(features)
        #expect((0..<8).allSatisfy { logits[$0, 1] < logits[$0, 0] && logits[$0, 1] < logits[$0, 2] })
        #expect(logits.values.allSatisfy { $0.isFinite })
    }

    @Test func anInputThatIsNotFiniteEndsTheFit() {
        var features: Tensor<Float> = randomTensor([4, 3], seed: 2)
        features[1, 1] = .nan
        #expect(probe(features, [0, 1, 0, 1], classes: 2).ending == .notFinite)
    }

    @Test func theSearchReportsWhatItFound() {
        let features: Tensor<Float> = randomTensor([16, 8], seed: 4)
        let labels = (0..<16).map { Int32($0 % 4) }
        let objective = LogisticObjective(features: features, labels: labels, classes: 4, inverseRegularisation: 1)
        let search = RegularisationSearch(objective, validation: features, labels: labels)
        #expect(search.gridCorrect.count == 7 && search.path.count == 8)
        #expect(search.best == search.path.last?.kept)
        let metrics = ClassificationMetrics(logits: search.head.logits(features), labels: labels)
        #expect(metrics?.top1 == Double(search.correct) / 16)
        // The end that was kept is not fitted again.
        #expect(search.fits <= 7 + 2 + 8)
    }
}

@Suite struct WeightEnsembleTests {
    private let text: Tensor<Float> = randomTensor([5, 8], seed: 1)
    private let features = (randomTensor([20, 8], seed: 2) as Tensor<Float>).normalisedRows()
    private let labels = (0..<20).map { Int32($0 % 5) }

    private var ensemble: WeightEnsemble {
        WeightEnsemble(
            zeroShot: LinearHead(zeroShot: text, logitScale: 30),
            tuned: LinearHead(weight: randomTensor([5, 8], seed: 3), bias: [1, 2, 3, 4, 5]))
    }

    @Test func zeroIsZeroShotToTheLastBit() {
        let zeroShot = ZeroShotMethod(textFeatures: text.normalisedRows(), logitScale: 30).logits(features)
        #expect(ensemble.head(0).logits(features).largestDifference(from: zeroShot) < 1e-5)
        #expect(ensemble.head(0) == ensemble.zeroShot && ensemble.head(1) == ensemble.tuned)
    }

    @Test func theCurveIsThatOfTheMixedHeads() throws {
        let curve = ensemble.curve(features: features, labels: labels)
        #expect(curve.map(\.mix) == WeightEnsemble.mixes)
        for point in curve {
            let logits = ensemble.head(point.mix).logits(features)
            let metrics = try #require(ClassificationMetrics(logits: logits, labels: labels))
            #expect(abs(metrics.loss - point.metrics.loss) < 1e-4)
        }
        let best = try #require(WeightEnsemble.best(curve))
        #expect(curve.allSatisfy { $0.metrics.top1 <= best.metrics.top1 })
    }

    @Test func noPicturesHaveNoCurve() {
        #expect(ensemble.curve(features: Tensor(shape: [0, 8]), labels: []).isEmpty)
        #expect(WeightEnsemble.best([]) == nil)
    }
}
