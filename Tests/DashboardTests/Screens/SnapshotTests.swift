import Foundation
import Testing
import Training

@testable import Dashboard

/// Whole screens as literal text. When the look is changed on purpose, the new text is the new expectation.
@Suite struct SnapshotTests {
    private static let full = TerminalCapabilities(colors: .indexed256, glyphs: .full)
    private static let ascii = TerminalCapabilities(colors: .none, glyphs: .ascii)

    /// A run at step 34 whose learning rate was doubled after step 11.
    static var steered: DashboardState {
        var state = DashboardState(smallRun(), through: 34)
        _ = state.apply(
            .intervention(
                Intervention(
                    change: .set(name: "lr", from: 0.003, to: 0.006), afterStep: 11, afterEpoch: 5, time: Date())))
        return state
    }

    /// The screen's text, with the clock of the log set to noon.
    private func screen(
        _ state: DashboardState, _ columns: Int, _ rows: Int, _ capabilities: TerminalCapabilities = full
    ) -> String {
        DashboardView.draw(state, columns: columns, rows: rows, capabilities).plain
            .replacing(Format.clock(Date(timeIntervalSince1970: 0)), with: "12:00:00")
    }

    @Test func training() {
        let expected = """
            cliptop  sample · clip-adapter visual · 4 shots · seed 1 · ratio 0.40  ● RUNNING
            epoch 17/40 ▕███▉     ▏  42 %  0:16 left  lr 3.0e-3   97 pictures/s  at most 3/s
            ╭ batch loss ──────────────────── 0.53 ╮╭ top-1, 12 validation ──────── 82.8 % ╮
            │  2.0  ⠢⡀      ┊                      ││   86          ┊          ◆   ⢀       │
            │        ⠑⡄     ┊                      ││               ┊ ⡠⠢⡀⡠⠔⠒⠒⠒⠉⠈⠑⠒⠊⠁⠉⠂     │
            │         ⠈⠢⠤⡀  ┊                      ││               ⡠⠊  ⠈                  │
            │  1.2       ⠑⠔⡄⡀                      ││   78      ⡠⠒⠒⠉┊                      │
            │              ⠈⠈⠢⣀⡀                   ││         ⢀⠎    ┊                      │
            │               ┊  ⠈⠉⠒⠒⢄⣀  ⡀           ││       ⠐⠒⠊     ┊     zero-shot 70.3 % │
            │  0.4          ┊        ⠉⠊⠘⠤⠤⠜⠉⠒⠂     ││   70 ⠤ ⠤ ⠤ ⠤ ⠤┊⠤ ⠤ ⠤ ⠤ ⠤ ⠤ ⠤ ⠤ ⠤ ⠤ ⠤ │
            ╰ min 0.45 ── lr ×2 at 11 ──── step 34 ╯╰ best 84.4 % @ 13 ────────── epoch 17 ╯
            ╭ loss, 12 validation ─────────── 0.61 ╮╭ bird/5.png ───────── validation 1/12 ╮
            │  1.4          ┊                      ││                   zero-shot   adapted│
            │       ⠠⡀      ┊                      ││             bird ▸ 85 ███▍ ▸ 99 ████ │
            │        ⠈⠢⡀    ┊                      ││             coin   11 ▌       1 ▏    │
            │  1.0     ⠈⠢⡀  ┊                      ││             tree    4 ▏       0 ▏    │
            │            ⠈⠑⠢⠤⣀                     ││                                      │
            │               ┊ ⠉⠒⠤⢄⣀⡀               ││                                      │
            │  0.6          ┊      ⠈⠉⠒⠒⠒⠒⠢⠤⠤⢄◆     ││                                      │
            ╰ best 0.61 @ 17 ──────────── epoch 17 ╯╰ true class bird ──────────── ✓ right ╯


            12:00:00 encoded 344 pictures in 2.1 s, 164/s; 0 from the cache, 0 unreadable
            space pause  +/- rate  ←→ picture  2 classify  3 mistakes  q quit  ? keys
            """
        #expect(screen(Self.steered, 80, 24) == expected)
    }

    @Test func trainingWithoutUnicodeAndColor() {
        let expected = """
            cliptop  sample - clip-adapter visual - 4 shots - seed 1 - ratio 0.40  * RUNNING
            epoch 17/40 [####.....]  42 %  0:16 left  lr 3.0e-3   97 pictures/s  at most 3/s
            + batch loss -------------------- 0.53 ++ top-1, 12 validation -------- 82.8 % +
            |  2.0  **      :                      ||   86          :                      |
            |        *      :                      ||               :  *  *****o******     |
            |         ***   :                      ||               *** **                 |
            |  1.2       ****                      ||   78       ***:                      |
            |               :****                  ||          **   :                      |
            |               :    ***** *  **       ||        **     :     zero-shot 70.3 % |
            |  0.4          :         * *** **     ||   70 ------------------------------- |
            + min 0.45 -- lr x2 at 11 ---- step 34 ++ best 84.4 % @ 13 ---------- epoch 17 +
            + loss, 12 validation ----------- 0.61 ++ bird/5.png --------- validation 1/12 +
            |  1.4          :                      ||                   zero-shot   adapted|
            |        *      :                      ||             bird > 85 ###  > 99 #### |
            |         *     :                      ||             coin   11         1      |
            |  1.0     ***  :                      ||             tree    4         0      |
            |             *****                    ||                                      |
            |               :  *******             ||                                      |
            |  0.6          :         *******o     ||                                      |
            + best 0.61 @ 17 ------------ epoch 17 ++ true class bird ------------ + right +


            12:00:00 encoded 344 pictures in 2.1 s, 164/s; 0 from the cache, 0 unreadable
            space pause  +/- rate  <- -> picture  2 classify  3 mistakes  q quit  ? keys
            """
        #expect(screen(Self.steered, 80, 24, Self.ascii) == expected)
    }

    @Test func strip() {
        let expected = """
            cliptop sample · clip-adapter… ● RUNNING
            epoch 17/40 ▕███▉     ▏  42 %  0:16 left
            loss      0.53  █▇▆▅▅▅▄▄▃▃▃▃▂▂▂▂▁▁▂▂
            top-1 %   82.8  ▂▂▃▃▄▄▄▅▆▆▅▆▆▆▆▆▆▆▆▆
            val loss  0.61  ▆▆▅▅▄▄▃▃▃▃▂▂▂▂▁▁▂▁▁▁
            zero-shot 70.3 %  best 84.4 % @ 13
            lr 3.0e-3 · ratio 0.40 · 97 pictures/s
            bird 85 → 99 %                   ✓ right
            12:00:00 encoded 344 pictures in 2.1 s,…
            space pause  +/- rate  ? keys
            """
        #expect(screen(Self.steered, 40, 10) == expected)
    }

    @Test func oneLine() {
        let expected = """
            ● RUNNING epoch 17/40  top-1 82.8 %  loss 0.53  0:16 left  zero-shot 70.3 %
            """
        #expect(screen(Self.steered, 76, 1) == expected)
    }

    @Test func question() {
        var state = Self.steered
        _ = state.perform(.quit)
        let expected = """
            cliptop  sample · clip-adapter visual · 4 shots · seed 1 · ratio 0.40  ● RUNNING
            epoch 17/40 ▕███▉     ▏  42 %  0:16 left  lr 3.0e-3   97 pictures/s  at most 3/s
            ╭ batch loss ──────────────────── 0.53 ╮╭ top-1, 12 validation ──────── 82.8 % ╮
            │  2.0  ⠢⡀      ┊                      ││   86          ┊          ◆   ⢀       │
            │        ⠑⡄     ┊                      ││               ┊ ⡠⠢⡀⡠⠔⠒⠒⠒⠉⠈⠑⠒⠊⠁⠉⠂     │
            │         ⠈⠢⠤⡀  ┊                      ││               ⡠⠊  ⠈                  │
            │  1.2       ⠑⠔⡄⡀                      ││   78      ⡠⠒⠒⠉┊                      │
            │              ╭ quit? ─────────────────────────────────────────╮              │
            │              │ training, epoch 17 of 40; nothing is saved yet │o-shot 70.3 % │
            │  0.4         │                                                │⠤ ⠤ ⠤ ⠤ ⠤ ⠤ ⠤ │
            ╰ min 0.45 ── l│ ▸ cancel: keep training                     c  │──── epoch 17 ╯
            ╭ loss, 12 vali│   stop after this epoch and save            e  │lidation 1/12 ╮
            │  1.4         │   stop now and save                         s  │shot   adapted│
            │       ⠠⡀     │   discard what was trained                  d  │██▍ ▸ 99 ████ │
            │        ⠈⠢⡀   │                                                │       1 ▏    │
            │  1.0     ⠈⠢⡀ ╰────────────────────────────────── ↑↓ enter esc ╯       0 ▏    │
            │            ⠈⠑⠢⠤⣀                     ││                                      │
            │               ┊ ⠉⠒⠤⢄⣀⡀               ││                                      │
            │  0.6          ┊      ⠈⠉⠒⠒⠒⠒⠢⠤⠤⢄◆     ││                                      │
            ╰ best 0.61 @ 17 ──────────── epoch 17 ╯╰ true class bird ──────────── ✓ right ╯


            12:00:00 encoded 344 pictures in 2.1 s, 164/s; 0 from the cache, 0 unreadable
            space pause  +/- rate  ←→ picture  2 classify  3 mistakes  q quit  ? keys
            """
        #expect(screen(state, 80, 24) == expected)
    }

    @Test func results() {
        var state = Self.steered
        _ = state.apply(.finished(smallRun().result))
        let expected = """
            cliptop  sample · clip-adapter visual · 4 shots · seed 1 · run 7f3a91c2   ■ DONE
            epoch 17/17 ▕████████████████████▏ 100 %  trained in 0:27  lr 3.0e-3  ratio 0.40
            ╭ batch loss ──────────────────── 0.53 ╮╭ top-1, 12 validation ──────── 82.8 % ╮
            │  2.0  ⠢⡄       ┊                     ││   86           ┊            ◆    ⢀   │
            │        ⠘⢄      ┊                     ││                ┊  ⡠⠔⢄⢀⠤⠒⠒⠒⠒⠉ ⠉⠒⠒⠊⠁⠉⠒ │
            │          ⠑⠤⠤⡀  ┊                     ││                ⢀⡠⠊   ⠁               │
            │  1.2 ╭ results on 216 test pictures ────────────────────────── ■ DONE ╮      │
            │      │                      top-1     top-5    loss                   │      │
            │      │ zero-shot           70.4 %    94.9 %    0.93  ███████████▎     │0.3 % │
            │  0.4 │ last weights        82.9 %    98.1 %    0.61  █████████████▎   │⠤ ⠤ ⠤ │
            ╰ min 0│ epoch 31, best      82.4 %    97.7 %    0.60  █████████████▏   │ch 17 ╯
            ╭ loss,│ gain               +12.5   percentage points                   │ 1/12 ╮
            │  1.4 │                                                                │dapted│
            │      │ best: the epoch with the lowest loss on validation             │ ████ │
            │      │ trained 17 epochs in 0:27                                      │ ▏    │
            │  1.0 │ saved as 7f3a91c2/adapter.safetensors                          │ ▏    │
            │      ╰─────────────────────────────────────────── esc closes, q quits ╯      │
            │                ┊  ⠉⠒⠢⠤⣀⣀             ││                                      │
            │  0.6           ┊        ⠉⠑⠒⠒⠒⠒⠒⠤⠤⠤⢄◆ ││                                      │
            ╰ best 0.61 @ 17 ──────────── epoch 17 ╯╰ true class bird ──────────── ✓ right ╯


            12:00:00 encoded 344 pictures in 2.1 s, 164/s; 0 from the cache, 0 unreadable
            r results  ←→ picture  2 classify  3 mistakes  q quit  t theme  f chart  ? keys
            """
        #expect(screen(state, 80, 24) == expected)
    }

    @Test func preparations() {
        var state = DashboardState()
        _ = state.apply(.phase(.encoding))
        _ = state.apply(
            .encoding(
                EncodingProgress(
                    done: 120, total: 344, fromCache: 100, unreadable: 2, picturesPerSecond: 164, secondsLeft: 2)))
        let expected = """
            cliptop  getting ready                                                ● ENCODING
            encoding 120/344 ▕█████████▊                  ▏  34 %  0:02 left  164 pictures/s
            ╭ batch loss ──────────────────────────╮╭ top-1, validation ───────────────────╮
            │                                      ││                                      │
            │                                      ││                                      │
            │                                      ││                                      │
            │     waiting for the first batch      ││     waiting for the first epoch      │
            │                                      ││                                      │
            │                                      ││                                      │
            │                                      ││                                      │
            ╰────────────────────────────── step 0 ╯╰───────────────────────────── epoch 0 ╯
            ╭ loss, validation ────────────────────╮╭ getting ready ───────────────────────╮
            │                                      ││ ✓ read the data                      │
            │                                      ││ ✓ load the model                     │
            │                                      ││ ● encode the pictures                │
            │     waiting for the first epoch      ││   120 of 344, 164/s, 0:02 left       │
            │                                      ││   100 from the cache, 2 unreadable   │
            │                                      ││ ○ measure zero-shot                  │
            │                                      ││ ○ train                              │
            ╰───────────────────────────── epoch 0 ╯╰──────────────────────────────────────╯



            2 classify  3 mistakes  q quit  t theme  f chart  4 runs  5 compare  ? keys
            """
        #expect(screen(state, 80, 24) == expected)
    }
}
