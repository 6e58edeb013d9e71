// ncurses for Swift: the header, and as constants and small functions the macros and mutable globals Swift cannot import.
#pragma once
#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#define NCURSES_NOMACROS 1
#include <locale.h>
#include <langinfo.h>
#include <ncurses.h>
#include <stdint.h>
#include <unistd.h>

// term.h defines some five hundred short macros; only these few declarations are wanted.
typedef struct term TERMINAL;
extern char *tigetstr(const char *name);
extern int tigetnum(const char *name);
extern int setupterm(const char *type, int output, int *status);
extern TERMINAL *cur_term;
extern int del_curterm(TERMINAL *terminal);

static const attr_t curses_bold = A_BOLD;
static const attr_t curses_dim = A_DIM;
static const attr_t curses_reverse = A_REVERSE;
static const attr_t curses_underline = A_UNDERLINE;

static inline int curses_colors(void) { return COLORS; }
static inline int curses_color_pairs(void) { return COLOR_PAIRS; }
static inline WINDOW *_Nullable curses_screen(void) { return stdscr; }

/// newterm over copies of two descriptors, because Swift cannot name `FILE *`. NULL if the terminal type is unknown.
static inline SCREEN *_Nullable curses_newterm(const char *_Nonnull type, int output, int input) {
    int output_copy = dup(output), input_copy = dup(input);
    FILE *out = output_copy < 0 ? NULL : fdopen(output_copy, "w");
    FILE *in = input_copy < 0 ? NULL : fdopen(input_copy, "r");
    SCREEN *screen = out && in ? newterm(type, out, in) : NULL;
    if (!screen) {
        if (out) fclose(out);
        if (in) fclose(in);
    }
    return screen;
}

/// Asks for presses of the first button and for the wheel; 0 if the terminal has no mouse to tell of.
static inline int curses_listen_to_mouse(void) {
    mouseinterval(0);
    return mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL) != 0;
}

/// The colours of a terminal type's description (-1 for none), or -2 if the type is unknown. Call outside of a screen.
static inline int curses_colors_of(const char *_Nonnull type) {
    int status = 0;
    if (setupterm(type, STDOUT_FILENO, &status) == ERR) return -2;
    int colors = tigetnum("colors");
    del_curterm(cur_term);
    return colors;
}

/// One cell: a character with up to one combining mark. An extended pair number goes through the last argument of setcchar.
static inline cchar_t curses_cell(uint32_t scalar, uint32_t mark, attr_t attributes, int pair) {
    cchar_t cell;
    wchar_t text[3] = {(wchar_t)scalar, (wchar_t)mark, 0};
    if (setcchar(&cell, text, attributes, 0, &pair) == ERR) {
        text[0] = L'?';
        text[1] = 0;
        setcchar(&cell, text, attributes, 0, &pair);
    }
    return cell;
}

/// Takes the character encoding from the environment and says which it is, e.g. `UTF-8`.
static inline const char *_Nonnull curses_locale_codeset(void) {
    setlocale(LC_CTYPE, "");
    return nl_langinfo(CODESET);
}
