/* cog_style.c - QGIS' style of a raster as a QML document, which QGIS 3.22 loads by itself from NAME.qml beside NAME.tif.
 *
 * Classes are drawn as a discrete colour ramp: QGIS gives a cell the first class whose upper bound is not below its
 * value. Values are metres, since QGIS applies the raster's scale and offset before it asks the style.
 */
#include <math.h>

#include "cog.h"
#include "style_inside.h"

static sund_code write_class(sund_ctx *ctx, textbuf *out, const sund_class *class, int language) {
  static const sund_style graduated = {.graduated = true};
  const char *high = isfinite(class->high) ? textbuf_number(ctx, class->high) : "inf";
  const char *label = style_class_label(ctx, &graduated, class, language);
  if (!high || !label) return SUND_LIMIT;
  TRY(textbuf_add(ctx, out, "          <item alpha=\"255\"", NULL));
  TRY(textbuf_attribute(ctx, out, "color", class->colour));
  TRY(textbuf_attribute(ctx, out, "value", high));
  TRY(textbuf_attribute(ctx, out, "label", label));
  return textbuf_add(ctx, out, "/>\n", NULL);
}

/* The lowest and highest bound that is a number: between them QGIS' own ramp would run. */
static void finite_range(const sund_raster *raster, double *low, double *high) {
  *low = INFINITY;
  *high = -INFINITY;
  for (size_t i = 0; i < raster->count; i++) {
    const double bound[2] = {raster->classes[i].low, raster->classes[i].high};
    for (size_t k = 0; k < 2; k++) {
      if (!isfinite(bound[k])) continue;
      *low = fmin(*low, bound[k]);
      *high = fmax(*high, bound[k]);
    }
  }
  if (*low > *high) *low = *high = 0;
}

sund_code cog_style(sund_ctx *ctx, const sund_raster *raster, int language, const char **out) {
  textbuf text = {0};
  double low, high;
  finite_range(raster, &low, &high);
  const char *least = textbuf_number(ctx, low), *most = textbuf_number(ctx, high);
  const char *opacity = textbuf_number(ctx, raster->opacity);
  if (!least || !most || !opacity) return SUND_LIMIT;
  TRY(textbuf_add(ctx, &text,
                  "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
                  "<qgis version=\"3.22.0\" styleCategories=\"Symbology|Rendering\" "
                  "hasScaleBasedVisibilityFlag=\"0\" minScale=\"1e+08\" maxScale=\"0\">\n"
                  "  <pipe>\n"
                  "    <rasterrenderer type=\"singlebandpseudocolor\" band=\"1\" alphaBand=\"-1\" nodataColor=\"\"",
                  NULL));
  TRY(textbuf_attribute(ctx, &text, "opacity", opacity));
  TRY(textbuf_attribute(ctx, &text, "classificationMin", least));
  TRY(textbuf_attribute(ctx, &text, "classificationMax", most));
  TRY(textbuf_add(ctx, &text,
                  ">\n"
                  "      <rasterTransparency/>\n"
                  "      <minMaxOrigin><limits>None</limits><extent>WholeRaster</extent>"
                  "<statAccuracy>Estimated</statAccuracy></minMaxOrigin>\n"
                  "      <rastershader>\n"
                  "        <colorrampshader colorRampType=\"DISCRETE\" classificationMode=\"1\" clip=\"0\" "
                  "labelPrecision=\"2\"",
                  NULL));
  TRY(textbuf_attribute(ctx, &text, "minimumValue", least));
  TRY(textbuf_attribute(ctx, &text, "maximumValue", most));
  TRY(textbuf_add(ctx, &text, ">\n", NULL));
  for (size_t i = 0; i < raster->count; i++) TRY(write_class(ctx, &text, &raster->classes[i], language));
  TRY(textbuf_add(ctx, &text,
                  "        </colorrampshader>\n"
                  "      </rastershader>\n"
                  "    </rasterrenderer>\n"
                  "    <brightnesscontrast brightness=\"0\" contrast=\"0\" gamma=\"1\"/>\n"
                  "    <huesaturation saturation=\"0\" grayscaleMode=\"0\" colorizeOn=\"0\"/>\n"
                  "    <rasterresampler maxOversampling=\"2\"/>\n"
                  "  </pipe>\n"
                  "  <blendMode>0</blendMode>\n"
                  "</qgis>\n",
                  NULL));
  *out = text.text;
  return SUND_OK;
}
