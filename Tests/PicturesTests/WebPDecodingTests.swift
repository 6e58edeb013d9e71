import Foundation
import TestSupport
import Testing

@testable import Pictures

/// WebP files as Pillow 13 wrote them, and the pixels that it reads from them (`convert("RGB")`).
@Suite("WebP") struct WebPDecodingTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var file: String
        var width, height: Int
        var pixels: String

        var bytes: [UInt8] { [UInt8](Data(base64Encoded: file) ?? Data()) }
    }

    static let examples: [Example] = [
        Example(
            testDescription: "lossy",
            file: "UklGRoYAAABXRUJQVlA4IHoAAAAQAgCdASoQAAwAAoBCJbACdDBKwZAaV6DAAP76CDsDEP1esu14PMEUW2JL4ZhX3DKjRZNKgkal"
                + "TTIrPhnf4yGkv9hV+/vWOvA5v3Sej1v5OGuGdPX/5Mx2w+WP/8nj59XKfYjAD9mo66/f4p6Y6PxFv0//L8xdfwAAAA==",
            width: 16, height: 12,
            pixels:
                "BAAADwQBIwwLMxEPQRMQTRQTWxcXZhgScxoNgyANmikUrysYwysY0ysW4i0Y6i4ZCg8AFRUIKR0TOSEZRyMfVCQiYSYobCgoey0n"
                + "jjItpDk0tzw6yzs83Do97DxB9D1EDykHGi8PLDcfPDspTDszWDs5ZD1DcDxHh0dWmUpgrlFswVN21lF+5VCC9lCI/1GODEAGF0YS"
                + "KU0jOVA0SU9CVU5OYVBabU5kiV18mmCGsGeNxGmT12mV6GiW+Gqa/2ubB1kEEl8QJGUoNGY8SmpYW21ubXOFenWUinihlnefrX+e"
                + "xoua3Y+Q24Bz5n1l+IlqBHAFD3YTIXstMXxHRn9nWICDaoaceYmjiY+fn5yfqpmTp4h1xZRw05Vj6p1j/aprB4sMEpAdJpQ6NpRX"
                + "Spd9W5iabpy2faKtlrmJkKxgmadetK9qxKlr3rN587qC+rqFAaMIDqYcJKhFNqdoSKqPWayncLKwfbudd7ddjsVTqMhlt8Rn085y"
                + "7tWA98+G7r58AMoJArwZK8VaQcaLTMOvW8WveNOXZLxhcs9eh9dlu+OKz+CE3ORt2tNW+N5z8s1qA8oMGc80McBrTcamVcTFcNTJ"
                + "dceCgclund+Zrdaf4d+1/uG08s+L/c+B/9yV/9uXM9I7QM1cY8umbb3Lh9D5mNPvnMervM62zr3gbjdwjCxYhw07oxxcuiVhyyhN"
                + "4DVPRNBNADwAADEjADdbCkB7ACdVHzYxNy01bTGJlzCjohRqwRp01h2d7Cam6BVw+yJr"),
        Example(
            testDescription: "lossless",
            file: "UklGRj4AAABXRUJQVlA4TDEAAAAvCIABALkyRPQ/dlH86H9AQds2TA+I8ge7i0AgkOIUtlhB2gYs7p6CxQTgu5UBrHwGAA==",
            width: 9, height: 7,
            pixels:
                "KAAJOQMJSgYJWwkJbAwJfQ8JjhIJnxUJsBgJKBcJORoOSh0TWyAYbCMdfSYijiknnywssC8xKC4JOTETSjQdWzcnbDoxfT07jkBF"
                + "n0NPsEZZKEUJOUgYSksnW042bFFFfVRUjldjn1pysF2BKFwJOV8dSmIxW2VFbGhZfWttjm6Bn3GVsHSpKHMJOXYiSnk7W3xUbH9t"
                + "fYKGjoWfn4i4sIvRKIoJOY0nSpBFW5NjbJaBfZmfjpy9n5/bsKL5"),
        Example(
            testDescription: "alpha",
            file: "UklGRkwAAABXRUJQVlA4TD8AAAAvCIABELkyRPQ/dlH86H9AQds2jKWCGH+wl4FAIMUpbLaBtG1j2/9YuYK2kdDQwYMMmgA/k2lL"
                + "Gmg7dAc8IPAA",
            width: 9, height: 7,
            pixels:
                "UAASYQMScgYSgwkSlAwSpQ8SthISxxUS2BgSUBcSYRoXch0cgyAhlCMmpSYrtikwxyw12C86UC4SYTEccjQmgzcwlDo6pT1EtkBO"
                + "x0NY2EZiUEUSYUghckswg04/lFFOpVRdtldsx1p72F2KUFwSYV8mcmI6g2VOlGhipWt2tm6Kx3Ge2HSyUHMSYXYrcnlEg3xdlH92"
                + "pYKPtoWox4jB2IvaUIoSYY0wcpBOg5NslJaKpZmotpzGx5/k2KIC"),
        Example(
            testDescription: "lossy alpha",
            file: "UklGRpYAAABXRUJQVlA4WAoAAAAQAAAACgAABQAAQUxQSBkAAAAFFyAWTPG+FIqI0CDItvEZ+XbRK0T0Pxw9AFZQOCBWAAAA8AEA"
                + "nQEqCwAGAAJAOCWwAnQA9DvMRmEAAP7zOGA/sPxb1N+tBsl/zwiUdCa3VqN2y/d6D7f7nJvr3xluNt3wtpgz0//Bv/+XH5NL84cn"
                + "Pb5w69SqlAA=",
            width: 11, height: 6,
            pixels:
                "wj5kkQktlAYmpQ0osA0ivxEjzhonsDI4IhQUAicmEiYtiBEuig8poB82sCQ6tyAzxiQ01Cw5t0RPKSUyCjdHGTVOfCIqjzE4mDA4"
                + "pjI+uztJyD9O2UdWu1xzLTxgDUx7HUuEeTcpjUY5k0I7uFtbulBZyFRi2Vpuu2+RLUyGD1ygHV+YgVIujFg6ml5JqV9WwWpv0Gx8"
                + "4HOMwoa1LlyqHXzCJ32Zh2Q0kmlBoW9SsHBjyHp913uM5oKfypPKO27IIIjSGn2H"),
        Example(
            testDescription: "animation",
            file: "UklGRpgBAABXRUJQVlA4WAoAAAACAAAACQAABwAAQU5JTQYAAAAAAAAAAABBTk1GrgAAAAAAAAAAAAkAAAcAADIAAAJWUDhMlQAA"
                + "AC8JwAEAfyIQIFz4858hQiCQ4hS2mE0AgEnmhru7axe60IUudOEnxvwnywJegKjXR8rrJcvrId/rpsTrotLrpM5Lo9nrp8PhMAAA"
                + "Mo3Ptm0z23YR/Q+AEIygGCwOD5AUzbAcLo9PiJKsqBqtTi+Ylu24Hq/Pb4RRnKSZbC4flFXdtJ1ur1+M07ysm+1uP5zX/byf7+9/"
                + "AEFOTUa2AAAAAAAAAAAACQAABwAAMgAAAFZQOEydAAAALwnAAQB/gqBt23DY/ofQkYQ/jIAg0rZNFZ1P5dkEAJhkbri7u6ajC134"
                + "icFPjPnPWR+l2gmdmgaz2g+H/r8A1ABQtQ+U2gOW2g2+2gWJwmEAAGQan23bZrbtIvofQTFYHB4AIRhhOVwenyApmlE1Wp1eECVZ"
                + "cT1en98wLdtJM9lcPgijOGk73V6/KKu6WTfb3X4Yp3l5P9/f/ziv+wA=",
            width: 10, height: 8,
            pixels:
                "KAAJOQMJSgYJWwkJbAwJfQ8JjhIJnxUJsBgJwRsJKBcJORoOSh0TWyAYbCMdfSYijiknnywssC8xwTI2KC4JOTETSjQdWzcnbDox"
                + "fT07jkBFn0NPsEZZwUljKEUJOUgYSksnW042bFFFfVRUjldjn1pysF2BwWCQKFwJOV8dSmIxW2VFbGhZfWttjm6Bn3GVsHSpwXe9"
                + "KHMJOXYiSnk7W3xUbH9tfYKGjoWfn4i4sIvRwY7qKIoJOY0nSpBFW5NjbJaBfZmfjpy9n5/bsKL5waUXKKEJOaQsSqdPW6pybK2V"
                + "fbC4jrPbn7b+sLkhwbxE"),
    ]

    @Test("The pixels are Pillow's, bit for bit", arguments: examples)
    func pixels(example: Example) throws {
        let picture = try decodePicture(example.bytes, name: "a.webp", options: .init(pillowCompatible: true))
        #expect(picture.width == example.width && picture.height == example.height)
        #expect(Data(picture.pixels).base64EncodedString() == example.pixels)
    }

    @Test("Transparency is on white, unless as Pillow")
    func transparency() throws {
        let alpha = try #require(Self.examples.first { $0.testDescription == "alpha" })
        let onWhite = try decodePicture(alpha.bytes, name: "a.webp")
        // The first pixel's alpha is 0.
        #expect(Array(onWhite.pixels[..<3]) == [255, 255, 255])
    }

    @Test("What is cut, damaged or only begins like one is refused", arguments: examples)
    func damaged(example: Example) {
        for count in [12, 16, 20, 40] {
            #expect(throws: PictureError.self) { try decodePicture(Array(example.bytes.prefix(count)), name: "a.webp") }
        }
        let error = #expect(throws: PictureError.self) {
            try decodePicture(Array("RIFF\u{40}\0\0\0WEBPVP8 ".utf8) + Array(repeating: 7, count: 60), name: "a.webp")
        }
        #expect(error?.description.contains("WebP") == true)
    }

    @Test("Thousands of damaged files end in a picture or an error")
    func fuzzing() {
        var fuzzer = Fuzzer(seed: 11)
        for _ in 0..<600 {
            for example in Self.examples {
                var bytes = example.bytes
                fuzzer.change(&bytes)
                _ = try? decodePicture(bytes, name: "a.webp", options: .init(maximumPixels: 1 << 20))
            }
        }
    }
}
