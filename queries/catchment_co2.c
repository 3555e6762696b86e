/* catchment_co2.c - carbon dioxide of a leg by car, and the part of it on the ground of the place's own area: the goals of
 * municipalities count their own ground only.
 *
 * Grams a kilometre times the metres driven, access on foot left out; the part inside is that of the drawn way. The usual
 * 141 g/km is a petrol car in mixed traffic (Aarhus University's emission factors). Ferries and rides have no factor here.
 */
#include <math.h>
#include <string.h>

#include "catchment_routes.h"

/* The vertices of a line in the table's order from `first` on as shapes of one row. */
static sund_code as_line(sund_ctx *ctx, size_t n, const double *x, const double *y, sund_shapes **out) {
  TRY(sund_shapes_new(ctx, SUND_LINE, 1, 1, n, out));
  (*out)->first_part[1] = 1;
  (*out)->first_vertex[1] = n;
  memcpy((*out)->x, x, n * sizeof *x);
  memcpy((*out)->y, y, n * sizeof *y);
  return SUND_OK;
}

static double ground_length(const sund_ground *ground, const sund_shapes *lines) {
  double metres = 0;
  for (size_t p = 0; p < lines->parts; p++)
    for (size_t v = lines->first_vertex[p] + 1; v < lines->first_vertex[p + 1]; v++)
      metres += sund_ground_distance(ground, lines->x[v - 1], lines->y[v - 1], lines->x[v], lines->y[v]);
  return metres;
}

sund_code catchment_part_inside(sund_ctx *ctx, const sund_ground *ground, const sund_shapes *areas, size_t area,
                                size_t n, const double *x, const double *y, double *share) {
  sund_shapes *line, *own, *inside;
  size_t *line_of, *area_of;
  *share = NAN;
  if (n < 2) return SUND_OK;
  TRY(as_line(ctx, n, x, y, &line));
  TRY(sund_shapes_pick(ctx, areas, 1, &area, &own));
  TRY(sund_overlay_intersect(ctx, line, own, &inside, &line_of, &area_of));
  const double whole = ground_length(ground, line);
  if (whole > 0) *share = fmin(ground_length(ground, inside) / whole, 1);
  return SUND_OK;
}

static sund_code work(sund_ctx *scratch, const catchment_run *run, size_t place, const catchment_leg *leg,
                      double *own_g, double all_g) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  const size_t area = run->town.place_area[place];
  double share;
  if (!areas || !areas->shapes || area == SIZE_MAX || leg->vertices < 4) return SUND_OK;
  TRY(catchment_part_inside(scratch, run->ground, areas->shapes, area, leg->vertices - 2, leg->x + 1, leg->y + 1,
                            &share)); /* the first and last stretch are walked */
  *own_g = all_g * share;
  return SUND_OK;
}

sund_code catchment_leg_co2(sund_ctx *ctx, const catchment_run *run, size_t place, const catchment_leg *leg,
                            double *all_g, double *own_g) {
  *all_g = *own_g = NAN;
  if (strcmp(leg->what, "car") != 0) return SUND_OK;
  *all_g = leg->driven_m / 1000 * run->options->co2_g_km;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  sund_code code = work(scratch, run, place, leg, own_g, *all_g);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}
