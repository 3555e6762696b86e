/* style_inside.h - what QML and SLD share: the class list of a layer, colours, texts in a language. */
#ifndef SUND_LAYERS_STYLE_INSIDE_H
#define SUND_LAYERS_STYLE_INSIDE_H

#include "style.h"
#include "textbuf.h"

/* The style of a layer; a plain grey one when it names none. */
const sund_style *style_of(const sund_layer *layer);
/* Point diameter or line width with its default, mm. */
double style_size(const sund_layer *layer);
/* Red, green, blue of "#rrggbb"; middle grey when it is not one. */
void style_rgb(const char *colour, int rgb[3]);
/* Text of a language; else English, else any; else `fallback`. */
const char *style_in(const char *const text[3], int language, const char *fallback);
/* What a class is called: its label, else its value, else "low - high". NULL without memory. */
const char *style_class_label(sund_ctx *ctx, const sund_style *style, const sund_class *class, int language);
/* Bound of a graduated class as a finite number: an open end reaches far beyond any value. */
double style_bound(double value, bool upper);

#endif
