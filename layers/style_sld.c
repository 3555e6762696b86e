/* style_sld.c - SLD 1.1.0 (OGC 05-078r4, 05-077r4) of the same symbols, for programs that do not read QML. Sizes are
 * pixels of 0.28 mm, as the standard defines them. */
#include <stdio.h>

#include "style_inside.h"

static const double pixel_mm = 0.28;

static sund_code parameter(sund_ctx *ctx, textbuf *out, const char *name, const char *value) {
  return textbuf_add(ctx, out, "<se:SvgParameter name=\"", name, "\">", value, "</se:SvgParameter>", NULL);
}

static const char *hex(sund_ctx *ctx, const char *colour, double share) {
  int rgb[3];
  style_rgb(colour, rgb);
  return sund_text(ctx, "#%02x%02x%02x", (unsigned)(rgb[0] * share), (unsigned)(rgb[1] * share),
                   (unsigned)(rgb[2] * share));
}

static sund_code point_symbol(sund_ctx *ctx, textbuf *out, const char *colour, const char *size) {
  TRY(textbuf_add(ctx, out,
                  "<se:PointSymbolizer><se:Graphic><se:Mark><se:WellKnownName>circle</se:WellKnownName><se:Fill>",
                  NULL));
  TRY(parameter(ctx, out, "fill", colour));
  TRY(textbuf_add(ctx, out, "</se:Fill><se:Stroke>", NULL));
  TRY(parameter(ctx, out, "stroke", "#ffffff"));
  TRY(parameter(ctx, out, "stroke-width", "0.5"));
  return textbuf_add(ctx, out, "</se:Stroke></se:Mark><se:Size>", size,
                     "</se:Size></se:Graphic></se:PointSymbolizer>", NULL);
}

static sund_code line_symbol(sund_ctx *ctx, textbuf *out, const char *colour, const char *size) {
  TRY(textbuf_add(ctx, out, "<se:LineSymbolizer><se:Stroke>", NULL));
  TRY(parameter(ctx, out, "stroke", colour));
  TRY(parameter(ctx, out, "stroke-width", size));
  TRY(parameter(ctx, out, "stroke-linecap", "round"));
  return textbuf_add(ctx, out, "</se:Stroke></se:LineSymbolizer>", NULL);
}

static sund_code area_symbol(sund_ctx *ctx, textbuf *out, const char *colour, const char *opacity,
                             const char *outline, const char *width) {
  TRY(textbuf_add(ctx, out, "<se:PolygonSymbolizer><se:Fill>", NULL));
  TRY(parameter(ctx, out, "fill", colour));
  TRY(parameter(ctx, out, "fill-opacity", opacity));
  TRY(textbuf_add(ctx, out, "</se:Fill><se:Stroke>", NULL));
  TRY(parameter(ctx, out, "stroke", outline));
  TRY(parameter(ctx, out, "stroke-width", width));
  return textbuf_add(ctx, out, "</se:Stroke></se:PolygonSymbolizer>", NULL);
}

static sund_code symbol(sund_ctx *ctx, textbuf *out, const sund_layer *layer, const sund_class *class) {
  const bool nested = style_of(layer)->nested;
  const char *colour = hex(ctx, class->colour, 1), *outline = hex(ctx, class->colour, nested ? 1 : 0.6);
  const char *size = textbuf_number(ctx, style_size(layer) / pixel_mm);
  const char *opacity = textbuf_number(ctx, style_of(layer)->opacity);
  if (!colour || !outline || !size || !opacity) return SUND_LIMIT;
  if (layer->table->kind == SUND_POINT) return point_symbol(ctx, out, colour, size);
  if (layer->table->kind == SUND_LINE) return line_symbol(ctx, out, colour, size);
  return area_symbol(ctx, out, colour, opacity, outline, nested ? size : "0.7");
}

static sund_code compare(sund_ctx *ctx, textbuf *out, const char *how, const char *column, const char *value) {
  TRY(textbuf_add(ctx, out, "<ogc:", how, "><ogc:PropertyName>", NULL));
  TRY(textbuf_escaped(ctx, out, column));
  TRY(textbuf_add(ctx, out, "</ogc:PropertyName><ogc:Literal>", NULL));
  TRY(textbuf_escaped(ctx, out, value));
  return textbuf_add(ctx, out, "</ogc:Literal></ogc:", how, ">", NULL);
}

static sund_code filter(sund_ctx *ctx, textbuf *out, const sund_style *style, const sund_class *class) {
  if (!style->column) return SUND_OK;
  if (!style->graduated && !class->value) return textbuf_add(ctx, out, "<se:ElseFilter/>", NULL);
  TRY(textbuf_add(ctx, out, "<ogc:Filter>", NULL));
  if (style->graduated) {
    const char *low = textbuf_number(ctx, style_bound(class->low, false));
    const char *high = textbuf_number(ctx, style_bound(class->high, true));
    if (!low || !high) return SUND_LIMIT;
    TRY(textbuf_add(ctx, out, "<ogc:And>", NULL));
    TRY(compare(ctx, out, "PropertyIsGreaterThanOrEqualTo", style->column, low));
    TRY(compare(ctx, out, "PropertyIsLessThanOrEqualTo", style->column, high));
    TRY(textbuf_add(ctx, out, "</ogc:And>", NULL));
  } else {
    TRY(compare(ctx, out, "PropertyIsEqualTo", style->column, class->value));
  }
  return textbuf_add(ctx, out, "</ogc:Filter>", NULL);
}

static sund_code rule(sund_ctx *ctx, textbuf *out, const sund_layer *layer, size_t number, int language) {
  const sund_style *style = style_of(layer);
  const sund_class *class = &style->classes[number];
  const char *label = style_class_label(ctx, style, class, language);
  if (!label) return SUND_LIMIT;
  TRY(textbuf_add(ctx, out, "<se:Rule><se:Name>", NULL));
  TRY(textbuf_escaped(ctx, out, label));
  TRY(textbuf_add(ctx, out, "</se:Name>", NULL));
  TRY(filter(ctx, out, style, class));
  TRY(symbol(ctx, out, layer, class));
  return textbuf_add(ctx, out, "</se:Rule>\n", NULL);
}

static sund_code sld(sund_ctx *ctx, const sund_layer *layer, int language, textbuf *out) {
  const sund_style *style = style_of(layer);
  TRY(textbuf_add(ctx, out,
                  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<StyledLayerDescriptor version=\"1.1.0\""
                  " xmlns=\"http://www.opengis.net/sld\" xmlns:se=\"http://www.opengis.net/se\""
                  " xmlns:ogc=\"http://www.opengis.net/ogc\">\n<NamedLayer><se:Name>",
                  layer->table->name, "</se:Name><UserStyle><se:Name>", layer->table->name,
                  "</se:Name><se:FeatureTypeStyle>\n", NULL));
  size_t rules = style->column ? style->count : 1;
  for (size_t i = 0; i < rules; i++) TRY(rule(ctx, out, layer, i, language));
  return textbuf_add(ctx, out, "</se:FeatureTypeStyle></UserStyle></NamedLayer>\n</StyledLayerDescriptor>\n", NULL);
}

const char *style_sld(sund_ctx *ctx, const sund_layer *layer, int language) {
  textbuf out = {0};
  return sld(ctx, layer, language, &out) == SUND_OK ? out.text : NULL;
}
