/* style_metadata.c - a layer's metadata in QGIS' own XML, which QGIS reads from gpkg_metadata when it opens the layer:
 * title, abstract, licences, and the history, one line a step. */
#include <string.h>

#include "style_inside.h"

static const char licence_mark[] = "licence: ";

static sund_code element(sund_ctx *ctx, textbuf *out, const char *name, const char *value) {
  TRY(textbuf_add(ctx, out, "<", name, ">", NULL));
  TRY(textbuf_escaped(ctx, out, value));
  return textbuf_add(ctx, out, "</", name, ">\n", NULL);
}

/* The lines of the history that are licences, or those that are not. */
static sund_code lines(sund_ctx *ctx, textbuf *out, const char *history, bool licences) {
  const size_t mark = sizeof licence_mark - 1;
  while (history && *history) {
    size_t length = strcspn(history, "\n");
    bool licence = strncmp(history, licence_mark, mark) == 0;
    size_t skip = licence ? mark : 0;
    if (length > skip && licence == licences) {
      const char *text = sund_text(ctx, "%.*s", (int)(length - skip), history + skip);
      if (!text) return SUND_LIMIT;
      TRY(element(ctx, out, licences ? "license" : "history", text));
    }
    history += length + (history[length] == '\n');
  }
  return SUND_OK;
}

static sund_code metadata(sund_ctx *ctx, const sund_layer *layer, const sund_crs *crs, int language, textbuf *out) {
  static const char *const code[3] = {"DAN", "SWE", "ENG"};
  TRY(textbuf_add(ctx, out, "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n<qgis version=\"3.22.0\">\n",
                  NULL));
  TRY(element(ctx, out, "identifier", layer->table->name));
  TRY(element(ctx, out, "parentidentifier", ""));
  TRY(element(ctx, out, "language", code[language]));
  TRY(element(ctx, out, "type", "dataset"));
  TRY(element(ctx, out, "title", style_in(layer->title, language, layer->table->name)));
  TRY(element(ctx, out, "abstract", style_in(layer->summary, language, "")));
  TRY(lines(ctx, out, layer->history, true));
  TRY(lines(ctx, out, layer->history, false));
  if (layer->table->kind != SUND_NONE) {
    const char *authority = sund_crs_code(crs);
    TRY(textbuf_add(ctx, out, "<crs><spatialrefsys><wkt></wkt><authid>", NULL));
    TRY(textbuf_escaped(ctx, out, authority ? authority : ""));
    TRY(textbuf_add(ctx, out, "</authid></spatialrefsys></crs>\n", NULL));
  }
  return textbuf_add(ctx, out, "</qgis>\n", NULL);
}

const char *style_metadata(sund_ctx *ctx, const sund_layer *layer, const sund_crs *crs, int language) {
  textbuf out = {0};
  return metadata(ctx, layer, crs, language, &out) == SUND_OK ? out.text : NULL;
}
