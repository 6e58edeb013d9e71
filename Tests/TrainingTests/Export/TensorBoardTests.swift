import Foundation
import TestSupport
import Testing

@testable import Training

@Suite struct TensorBoardTests {
    private func bytes(_ record: TensorBoardRecord) -> String {
        var bytes: [UInt8] = []
        record.append(to: &bytes)
        return bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// Known answers (docs/programs.md#tensorboard-and-json-lines), which TensorBoard reads.
    @Test func knownBytes() {
        #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xE306_9283)
        func time(_ seconds: Double) -> Date { Date(timeIntervalSince1970: 1_700_000_000 + seconds) }
        #expect(
            bytes(.fileVersion(at: time(0)))
                == "1800000000000000a37f4b220900000040fc54d9411a0d627261696e2e4576656e743a32eced8f9d")
        #expect(
            bytes(TensorBoardRecord(time: time(1), step: 3, figures: [("train/loss", 0.5)]))
                == "200000000000000029eda9500900004040fc54d94110032a130a110a0a747261696e2f6c6f7373150000003fe37fdae5")
        #expect(
            bytes(
                TensorBoardRecord(
                    time: time(2), step: 2_147_483_652, figures: [("train/loss", 0.25), ("val/top1", 0.75)]))
                == "3500000000000000d6c55de60900008040fc54d9411084808080082a240a110a0a747261696e2f6c6f7373150000803e0a"
                + "0f0a0876616c2f746f7031150000403f3b7e911b")
    }

    @Test(arguments: [
        ("mine", "mine-7f3a91c2"), ("a/b\\c:d", "a-b-c-d-7f3a91c2"), ("../../etc", "-.-..-etc-7f3a91c2"),
        ("two words\u{1b}\n", "two-words---7f3a91c2"), ("白鹭 ü", "白鹭-ü-7f3a91c2"), ("", "-7f3a91c2"),
        (String(repeating: "é", count: 400), String(repeating: "é", count: 50) + "-7f3a91c2"),
    ])
    func foldersHaveNamesThatEveryFileSystemTakes(name: String, folder: String) {
        #expect(TensorBoardRunLog.folderName(ExportSamples.description(name: name)) == folder)
    }

    @Test func aRunWithoutANameIsCalledByWhatItTrains() {
        #expect(
            TensorBoardRunLog.folderName(ExportSamples.description(name: nil))
                == "clip-adapter-visual-Samples-4-shots-seed-1-7f3a91c2")
    }

    @Test func exportingAgainReplacesTheFile() throws {
        try withFileTree([:]) { folder in
            for _ in 0..<2 {
                let own = try RunExport(.tensorboard).write(ExportSamples.course(), below: folder)
                let files = try FileManager.default.contentsOfDirectory(atPath: own.path)
                #expect(files.count == 1 && files[0].hasPrefix("events.out.tfevents.1700000000."))
            }
        }
    }

    private static let python = Python.with("tensorboard")

    @Test(.enabled(if: python != nil, "no Python with tensorboard; CLIPTOP_TEST_PYTHON may name one"))
    func tensorBoardFindsWhatWasWritten() throws {
        let python = try #require(Self.python)
        try withFileTree([:]) { folder in
            let steps = 20_000
            let many = (1...steps).map { ExportSamples.batch($0, epoch: 1, batch: $0, loss: Double($0) / 4) }
            let courses = [
                ExportSamples.course(), ExportSamples.course([], description: ExportSamples.description(id: "empty")),
                ExportSamples.course(many, description: ExportSamples.description(name: "白 /long", id: "00000002")),
            ]
            for course in courses { _ = try RunExport(.tensorboard).write(course, below: folder) }
            let lines = try Python.run("tensorboard_scalars.py", with: python, [folder.path]).split(separator: "\n")
            var found: [String: [(step: Int, time: Double, value: Double)]] = [:]
            for line in lines {
                let fields = line.split(separator: "\t").map(String.init)
                try #require(fields.count == 5)
                found["\(fields[0]) \(fields[1])", default: []].append(
                    (Int(fields[2]) ?? -1, Double(fields[3]) ?? 0, Double(fields[4]) ?? 0))
            }
            let run = "mine,--twice--7f3a91c2"
            let loss = try #require(found["\(run) train/loss"])
            #expect(loss.map(\.step) == [1, 2, 3, 4])
            #expect(loss.map(\.time) == [2, 3, 7, 8].map { 1_700_000_000 + $0 })
            #expect(loss[0].value == 2.5 && loss[1].value.isNaN && loss[3].value == 0.125)
            #expect(found["\(run) train/epoch_loss"]?.first?.value == .infinity)
            #expect(found["\(run) train/lr"]?.map(\.value) == Array(repeating: Double(Float(1e-3)), count: 4))
            #expect(try #require(found["\(run) val/top1"]).elementsEqual([(2, 1_700_000_004, 0.5)], by: ==))
            #expect(try #require(found["\(run) test/top1"]).elementsEqual([(4, 1_700_000_010, 0.75)], by: ==))
            #expect(try #require(found["\(run) zero_shot/val_top1"]).elementsEqual([(0, 1_700_000_001, 0.25)], by: ==))
            let long = try #require(found["白--long-00000002 train/loss"])
            #expect(long.count == steps && long.last?.step == steps && long.last?.value == Double(steps) / 4)
            #expect(!found.keys.contains { $0.contains("empty") })
        }
    }
}
