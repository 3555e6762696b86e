/* overlay_wedge.h - wedges of sea between areas, for geo/overlay_shore.c only. */
#ifndef SUND_GEO_OVERLAY_WEDGE_H
#define SUND_GEO_OVERLAY_WEDGE_H

#include "overlay.h"

/* Fills what lies within `gap` metres of two different areas and is narrower than that. *land: union of the areas
 * without holes; replaced by the filled one, or NULL on failure when it is gone. */
sund_code overlay_fill_wedges(overlay *o, const sund_shapes *areas, double gap, GEOSGeometry **land);

#endif
