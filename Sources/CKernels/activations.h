// The functions between two matrix products (arXiv 1606.08415; docs/models.md#activations), for loops that vectorise.
#pragma once
#include "exponential.h"

// erf as a quotient of polynomials, a few ulp, exact to float beyond |x| = 4.
static inline __attribute__((always_inline)) float fast_erf(float x) {
    x = x < -4.f ? -4.f : x;
    x = x > 4.f ? 4.f : x;
    float s = x * x;
    float p = -2.72614225801306e-10f;
    p = p * s + 2.77068142495902e-08f;
    p = p * s - 2.10102402082508e-06f;
    p = p * s - 5.69250639462346e-05f;
    p = p * s - 7.34990630326855e-04f;
    p = p * s - 2.95459980854025e-03f;
    p = p * s - 1.60960333262415e-02f;
    float q = -1.45660718464996e-05f;
    q = q * s - 2.13374055278905e-04f;
    q = q * s - 1.68282697438203e-03f;
    q = q * s - 7.37332916720468e-03f;
    q = q * s - 1.42647390514189e-02f;
    return x * p / q;
}

static inline __attribute__((always_inline)) float identity(float v) { return v; }
static inline __attribute__((always_inline)) float relu(float v) { return v > 0 ? v : 0; }
static inline __attribute__((always_inline)) float relu6(float v) { return v > 0 ? (v < 6 ? v : 6) : 0; }
static inline __attribute__((always_inline)) float quick_gelu(float v) { return v / (1 + fast_exp(-1.702f * v)); }
static inline __attribute__((always_inline)) float gelu(float v) {
    return 0.5f * v * (1 + fast_erf(v * 0.70710678118654752f));
}
static inline __attribute__((always_inline)) float gelu_tanh(float v) {
    float u = 0.7978845608028654f * (v + 0.044715f * v * v * v);
    return v - v / (1 + fast_exp(2 * u));  // 0.5 v (1 + tanh u)
}
