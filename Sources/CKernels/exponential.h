#pragma once
#include <stdint.h>
#include <string.h>

// exp with a maximum error of 1 ulp on [-87, 88], clamped outside (about 1e-38 instead of 0, which vanishes in any
// softmax); NaN passes through. A straight line of arithmetic, so that loops around it vectorise.
static inline __attribute__((always_inline)) float fast_exp(float x) {
    x = x < -87.33654f ? -87.33654f : x;
    x = x > 88.37626f ? 88.37626f : x;
    float shifted = x * 1.44269504f + 12582912.f;  // 1.5 · 2^23: the sum's last bits are the rounded quotient
    float k = shifted - 12582912.f;
    float r = x - k * 0.693145751953125f;
    r = r - k * 1.42860682030941723212e-6f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits << 23) + (127u << 23);
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return p * scale;
}
