// swift-tools-version: 6.2
import PackageDescription

/// Our own code compiles without a warning or not at all.
let strict: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// The numeric targets are optimised in debug builds too: an unoptimised tower or resize is fifty times slower, and the
/// tests would take an hour instead of minutes.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let package = Package(
    name: "cliptop",
    products: [
        .executable(name: "cliptop", targets: ["cliptop"]),
        // What the package in Benchmarks measures with.
        .library(
            name: "CliptopLibraries",
            targets: ["Tensors", "Safetensors", "CLIP", "FewShot", "Store", "Training", "TestSupport"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    ],
    targets: [
        // System libraries: module maps, and the few macros Swift cannot see.
        .systemLibrary(name: "CNCurses", providers: [.apt(["libncursesw5-dev"])]),
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        // Without errno a square root is one vector instruction; with it, Adam took three times as long.
        .target(
            name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-fno-math-errno", "-Wall", "-Wextra", "-Werror"])]),
        // oneDNN is opened at run time where there is one: nothing of it is needed to build.
        .target(
            name: "COneDNN", cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
            linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),

        // The library, bottom up: a target only knows those above it in this list.
        .target(name: "Files", swiftSettings: strict),
        .target(name: "TOML", swiftSettings: strict),
        .target(name: "Checksums", dependencies: ["CCrypto"], swiftSettings: strict),
        .target(name: "Tensors", dependencies: ["COpenBLAS", "CKernels", "COneDNN"], swiftSettings: numeric),
        .target(name: "Safetensors", dependencies: ["Tensors", "CKernels", "Files"], swiftSettings: numeric),
        .target(name: "Pictures", dependencies: ["CPNG", "CTurboJPEG", "CWebP", "Files"], swiftSettings: numeric),
        .target(
            name: "CLIP",
            dependencies: ["Tensors", "Safetensors", "Pictures", "CKernels", "Checksums", "Files"],
            swiftSettings: numeric),
        .target(
            name: "Store", dependencies: ["Files", .product(name: "GRDB", package: "GRDB.swift")], swiftSettings: strict
        ),
        .target(
            name: "FewShot",
            dependencies: ["Tensors", "Safetensors", "Pictures", "CLIP", "Store", "CKernels", "Checksums", "Files"],
            swiftSettings: numeric),
        .target(name: "Training", dependencies: ["FewShot", "Files", "CKernels"], swiftSettings: strict),
        .target(
            name: "Dashboard",
            dependencies: ["CNCurses", "CKernels", "Pictures", "Store", "Training", "TOML"], swiftSettings: strict),
        .executableTarget(
            name: "cliptop",
            dependencies: [
                "Dashboard", "CKernels", "Files", "TOML",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Tests: many and fast at the bottom, few and real at the top.
        .target(name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport", swiftSettings: numeric),
        .target(
            name: "StateFixtures",
            dependencies: ["FewShot", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
            path: "Tests/StateFixtures", swiftSettings: strict),
        .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "ChecksumsTests", dependencies: ["Checksums"], swiftSettings: strict),
        // The readers of bytes from outside, for the test of their corpus.
        .target(
            name: "FuzzTargets", dependencies: ["Dashboard", "Training", "TOML", "TestSupport"],
            path: "Tests/FuzzTargets", swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "TOMLTests", dependencies: ["TOML", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CKernels", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "SafetensorsTests", dependencies: ["Safetensors", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "PicturesTests", dependencies: ["Pictures", "Files", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "CLIPTests", dependencies: ["CLIP", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "StoreTests",
            dependencies: ["Store", "Files", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict
        ),
        .testTarget(name: "FewShotTests", dependencies: ["FewShot", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "TrainingTests",
            dependencies: ["Training", "StateFixtures", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: strict),
        .testTarget(name: "DashboardTests", dependencies: ["Dashboard", "TestSupport"], swiftSettings: strict),
        .testTarget(name: "cliptopTests", dependencies: ["cliptop", "StateFixtures"], swiftSettings: strict),
        .testTarget(
            name: "ConformanceTests", dependencies: ["Training", "TestSupport"], exclude: [], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
