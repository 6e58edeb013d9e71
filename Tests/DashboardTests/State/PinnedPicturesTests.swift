import Foundation
import Testing
import Training

@testable import Dashboard

@Suite struct PinnedPicturesTests {
    private let training = DashboardState(smallRun(), through: 4)

    @Test func theKeyPinsAndUnpinsThePictureInSight() {
        var state = training
        #expect(state.press(.character("p")) == [.send(.pin([4]))])
        #expect(state.notice?.text.contains("pinned bird/5.png, 1 of 8") == true)
        _ = state.press(.right)
        #expect(state.press(.character("p")) == [.send(.pin([4, 5]))])
        #expect(state.press(.character("p")) == [.send(.pin([4]))])
    }

    @Test func moreThanEightHaveNoRoom() {
        var state = training
        for _ in 0..<8 {
            #expect(state.press(.character("p")) != [])
            _ = state.press(.right)
        }
        #expect(state.press(.character("p")) == [])
        #expect(state.notice?.level == .warning && state.pinned.pictures.count == 8)
    }

    @Test func aMistakeIsPinnedWhereItIsSeen() {
        var state = training
        _ = state.press(.character("3"))
        #expect(state.pictureToPin == nil && state.press(.character("p")) == [])
        let wrong = PictureAnswer.Answer(label: 0, confidence: 0.6, trueProbability: 0.2)
        let answer = PictureAnswer(picture: 13, label: 1, zeroShot: wrong, adapted: wrong)
        _ = state.apply(.answers(SplitPredictions(split: .validation, epoch: 2, answers: [answer])))
        #expect(state.press(.character("p")) == [.send(.pin([13]))])
        _ = state.perform(.matrix)
        #expect(state.pictureToPin == nil)
    }

    @Test func shownPinnedPicturesAreWhatTheArrowsWalkThrough() {
        var state = training
        for picture in [13, 6] { _ = state.pinned.toggle(picture) }
        #expect(state.press(.character("P")) == [.send(.inspect(picture: 13))])
        #expect(state.press(.right) == [.send(.inspect(picture: 6))])
        #expect(state.press(.right) == [.send(.inspect(picture: 13))])
        _ = state.press(.character("P"))
        #expect(state.press(.right) == [.send(.inspect(picture: 14))])
    }

    @Test func theCourseIsKeptInBoundedMemory() {
        var book = PinnedPictures()
        #expect(book.toggle(4) == .pinned)
        for step in 1...100_000 {
            book.take(
                ProbeRecord(
                    step: step, epoch: step, probes: [.init(picture: 4, zeroShot: 0.25, adapted: Float(step) / 1e5)]))
        }
        #expect(book[4]?.zeroShot == 0.25 && book[4]?.adapted.latest?.value == 1)
        #expect(book[4]?.adapted.bins.count ?? 0 <= 256)
    }

    @Test func aViewerShowsWhatOthersHavePinnedUntilItPinsItself() {
        var book = PinnedPictures()
        func record(_ pictures: Int...) -> ProbeRecord {
            ProbeRecord(step: 1, epoch: 1, probes: pictures.map { .init(picture: $0, zeroShot: 0, adapted: 0) })
        }
        book.take(record(3, 5))
        #expect(book.pictures == [3, 5])
        book.take(record(5))
        #expect(book.pictures == [5] && book[3] == nil)
        _ = book.toggle(9)
        book.take(record(5))
        #expect(book.pictures == [5, 9], "a record that is older than the pin takes nothing away")
    }
}

@Suite struct RatioSliderTests {
    private var open: DashboardState {
        var state = DashboardState(smallRun(), through: 10)
        #expect(state.press(.character("b")) == [.send(.watchRatios(true))])
        _ = state.apply(.ratios(smallRun().ratios(epoch: 5)))
        return state
    }

    @Test func itBeginsAtTheRunsRatioAndSetsIt() {
        var state = open
        #expect(state.ratioUnderCursor == 0.4)
        for _ in 0..<3 { _ = state.press(.right) }
        #expect(state.press(.enter) == [.send(.setResidualRatio(0.55))])
        _ = state.press(.home)
        #expect(state.ratioUnderCursor == 0)
        _ = state.press(.left)
        #expect(state.ratioUnderCursor == 0, "it stops at the ends")
        _ = state.press(.end)
        #expect(state.ratioUnderCursor == 1)
        #expect(state.press(.escape) == [.send(.watchRatios(false))] && state.ratios == nil)
    }

    @Test func itIsMeasuredOnlyWhileItIsSeen() {
        var state = open
        #expect(state.press(.character("2")) == [.send(.watchRatios(false))])
        #expect(state.ratios == nil)
    }

    @Test func theCursorStaysWhileTheCurveMoves() {
        var state = open
        _ = state.press(.right)
        _ = state.apply(.ratios(smallRun().ratios(epoch: 9)))
        #expect(state.ratioUnderCursor == 0.45)
    }

    @Test func keysOfTheRunStillCount() {
        var state = open
        #expect(state.press(.character(" ")) == [.send(.pause)])
        #expect(state.press(.character(")")) == [.send(.setResidualRatio(0.45))])
        #expect(state.press(.character("f")) == [] && !state.charts.isFullScreen, "those of the charts do not")
    }

    @Test func anEndedRunIsLookedAtAndNotSet() {
        var state = open
        _ = state.apply(.finished(smallRun().result))
        _ = state.press(.escape)
        #expect(state.ratios != nil && state.press(.enter) == [])
    }
}
