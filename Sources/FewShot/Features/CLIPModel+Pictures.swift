import CLIP
import Pictures
import Tensors

extension CLIPModel {
    /// Features of whole pictures, `[pictures, width]`, not normalised.
    public func encode(_ pictures: [Picture]) -> Tensor<Float> { encode(pictures.map { ($0, nil) }) }

    /// Features of pictures, or of a random view of each, `[pictures, width]`, not normalised.
    func encode(_ pictures: [(picture: Picture, view: RandomView?)]) -> Tensor<Float> {
        let each = preprocessing.pixelCount
        let pixels = [Float](unsafeUninitializedCapacity: pictures.count * each) { buffer, count in
            for (index, entry) in pictures.enumerated() {
                let place = UnsafeMutableBufferPointer(rebasing: buffer[index * each..<(index + 1) * each])
                if let view = entry.view {
                    preprocessing.pixels(of: entry.picture, view: view, into: place)
                } else {
                    preprocessing.pixels(of: entry.picture, into: place)
                }
            }
            count = pictures.count * each
        }
        return encodeImages(Tensor(pixels, shape: [pictures.count, 3, preprocessing.size, preprocessing.size]))
    }
}
