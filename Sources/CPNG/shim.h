#pragma once
#include <png.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

// libpng's simplified API rounds 16-bit samples instead of keeping their high byte, and it applies the file's gamma; so
// pictures are read through the full one. That reports errors by longjmp, which Swift cannot catch: these few functions
// keep every jump inside C.

/// How reading a PNG went.
typedef enum { CPNG_DONE, CPNG_TRUNCATED, CPNG_CORRUPT } cpng_status;

/// What a PNG file says about its pixels before the first of them.
typedef struct {
    uint32_t width, height;
    /// Bits of a pixel as stored.
    uint32_t bits;
    /// Samples of a pixel as read: 3, or 4 when the picture has alpha or a transparent colour.
    uint32_t channels;
} cpng_header;

/// A reader over bytes in memory, and what went wrong with it.
typedef struct {
    const uint8_t *bytes;
    size_t count, position;
    cpng_status status;
    char *message;
    size_t message_size;
} cpng_source;

static inline void cpng_read_bytes(png_structp png, png_bytep into, size_t count) {
    cpng_source *source = (cpng_source *)png_get_io_ptr(png);
    if (count > source->count - source->position) {
        source->status = CPNG_TRUNCATED;
        png_error(png, "the data end too early");
    }
    memcpy(into, source->bytes + source->position, count);
    source->position += count;
}

static inline void cpng_fail(png_structp png, png_const_charp message) {
    cpng_source *source = (cpng_source *)png_get_error_ptr(png);
    if (source->status == CPNG_DONE) source->status = CPNG_CORRUPT;
    snprintf(source->message, source->message_size, "%s", message);
    png_longjmp(png, 1);
}

static inline void cpng_ignore(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

/// Reads a PNG: the header, and unless `pixels` is null the samples, `height` rows of `width * channels` bytes. Of
/// 16-bit samples the high byte; palettes and greys come as red, green, blue; alpha as stored, last.
///
/// With `ignore_data_checksums`, wrong checksums of the image data are no error, as for Pillow.
///
/// `header` is written before the first pixel, so a caller reads it first to know the size of `pixels`.
/// When it fails, the reason is in `message`.
static inline cpng_status cpng_read(
    const uint8_t *_Nonnull bytes, size_t count, cpng_header *_Nonnull header, uint8_t *_Nullable pixels,
    int ignore_data_checksums, char *_Nonnull message, size_t message_size) {
    cpng_source source = {bytes, count, 0, CPNG_DONE, message, message_size};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, cpng_fail, cpng_ignore);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        png_destroy_read_struct(&png, NULL, NULL);
        snprintf(message, message_size, "libpng does not start");
        return CPNG_CORRUPT;
    }
    if (!setjmp(png_jmpbuf(png))) {
        png_set_read_fn(png, &source, cpng_read_bytes);
        // What changes no sample is skipped unread: a colour profile or a text may unpack to any size.
        png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
        // The caller has limits of its own.
        png_set_user_limits(png, 0x7fffffff, 0x7fffffff);
        png_read_info(png, info);

        const int has_alpha = (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) != 0;
        const int has_transparent_colour = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
        header->width = png_get_image_width(png, info);
        header->height = png_get_image_height(png, info);
        header->bits = (uint32_t)png_get_bit_depth(png, info) * png_get_channels(png, info);
        header->channels = has_alpha || has_transparent_colour ? 4 : 3;
        if (pixels) {
            if (ignore_data_checksums) png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_NO_CHANGE);
            png_set_expand(png);
            png_set_strip_16(png);
            png_set_gray_to_rgb(png);
            const int passes = png_set_interlace_handling(png);
            png_read_update_info(png, info);
            const size_t row_bytes = (size_t)header->width * header->channels;
            if (png_get_rowbytes(png, info) != row_bytes) png_error(png, "unexpected size of a row");
            for (int pass = 0; pass < passes; pass++) {
                for (uint32_t row = 0; row < header->height; row++) {
                    png_read_row(png, pixels + row * row_bytes, NULL);
                }
            }
        }
    }
    png_destroy_read_struct(&png, &info, NULL);
    return source.status;
}

/// Writes a PNG of `width * height * 3` samples into `into`; answers its size, 0 if it has no room.
static inline size_t cpng_write(
    const uint8_t *_Nonnull pixels, uint32_t width, uint32_t height, uint8_t *_Nonnull into, size_t room) {
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = room;
    return png_image_write_to_memory(&image, into, &size, 0, pixels, 0, NULL) ? size : 0;
}
