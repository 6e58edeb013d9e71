import CLIP
import Foundation
import Pictures
import Synchronization
import Tensors

/// Features averaged over random views of a picture, as Tip-Adapter makes its keys (arXiv 2207.09519;
/// docs/methods.md#tip-adapter).
///
/// A view is a function of (seed, pass, picture), and each picture's views are encoded together, so that the result does
/// not depend on how many cores there are.
public struct AveragedViews: Sendable {
    private let model: CLIPModel
    private let decoding: DecodingOptions
    private let passes: Int
    private let seed: Int

    /// - Parameter passes: views of each picture, at least 1.
    public init(model: CLIPModel, decoding: DecodingOptions, passes: Int, seed: Int) {
        precondition(passes >= 1, "\(passes) views of a picture")
        self.model = model
        self.decoding = decoding
        self.passes = passes
        self.seed = seed
    }

    private struct Shared {
        var next = 0
        var rows: [Int: [Float]] = [:]
        var failure: (any Error)?
    }

    /// The mean of the un-normalised features of each picture's views, `[pictures, width]`; nil once `isCancelled` says
    /// true.
    /// - Throws: `PictureError` if a picture can no longer be read.
    public func encode(
        _ pictures: [DatasetItem], workers: Int = ProcessInfo.processInfo.activeProcessorCount,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> Tensor<Float>? {
        let shared = Mutex(Shared())
        DispatchQueue.concurrentPerform(iterations: max(workers, 1)) { _ in
            while !isCancelled() {
                let index: Int? = shared.withLock { shared in
                    guard shared.failure == nil, shared.next < pictures.count else { return nil }
                    defer { shared.next += 1 }
                    return shared.next
                }
                guard let index else { return }
                let outcome = Result { try mean(of: pictures[index], index: index) }
                shared.withLock { shared in
                    switch outcome {
                    case .success(let row): shared.rows[index] = row
                    case .failure(let error): shared.failure = error
                    }
                }
            }
        }
        return try shared.withLock { shared in
            if let failure = shared.failure { throw failure }
            guard shared.rows.count == pictures.count else { return nil }
            let values = pictures.indices.flatMap { shared.rows[$0] ?? [] }
            return Tensor(values, shape: [pictures.count, model.embeddingWidth])
        }
    }

    private func mean(of item: DatasetItem, index: Int) throws -> [Float] {
        let picture = try decodePicture(contentsOf: item.url, name: item.path, options: decoding)
        let views = (0..<passes).map { pass in
            var generator = SeededGenerator(seed: seed, purpose: "key", pass, index)
            return (
                picture, RandomView.draw(width: picture.width, height: picture.height, using: &generator) as RandomView?
            )
        }
        let features = model.encode(views)
        return (0..<features.columns).map { column in
            (0..<passes).reduce(0) { $0 + features[$1, column] } / Float(passes)
        }
    }
}
