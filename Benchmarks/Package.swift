// swift-tools-version: 6.2
import PackageDescription

/// `make benchmark`: a package of its own, so that nobody who builds or tests cliptop builds it.
let package = Package(
    name: "cliptop-benchmarks",
    products: [.executable(name: "cliptop-benchmarks", targets: ["Benchmarks"])],
    dependencies: [
        .package(name: "cliptop", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    ],
    targets: [
        .target(name: "CSampler"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CSampler", .product(name: "CliptopLibraries", package: "cliptop"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            resources: [
                .embedInCode("Peers/clip_peer.py"), .embedInCode("Peers/clip_adapter_peer.py"),
                .embedInCode("Peers/linear_probe_peer.py"),
            ],
            swiftSettings: [.treatAllWarnings(as: .error)]),
    ],
    swiftLanguageModes: [.v6]
)
