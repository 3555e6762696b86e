/* style.h - how layers look and what their fields are called, as text: QML for QGIS, SLD for others. */
#ifndef SUND_LAYERS_STYLE_H
#define SUND_LAYERS_STYLE_H

#include "sund/layers.h"

/* QML of a layer in a language (0 da, 1 sv, 2 en): renderer, labels, aliases with units, value maps. A table without
 * geometry gets aliases and value maps only. NULL without memory. */
const char *style_qml(sund_ctx *ctx, const sund_layer *layer, int language);

/* SLD 1.1.0 of the same symbols and classes; NULL without memory. Only for layers with a geometry. */
const char *style_sld(sund_ctx *ctx, const sund_layer *layer, int language);

/* QGIS' metadata of a layer: title, abstract, licences and history. A line of the layer's history that begins with
 * "licence: " is a licence. NULL without memory. */
const char *style_metadata(sund_ctx *ctx, const sund_layer *layer, const sund_crs *crs, int language);

/* What a field is called: label with the unit in parentheses, "Vanddybde (m)". NULL without memory. */
const char *style_alias(sund_ctx *ctx, const sund_field *field, int language);

#endif
