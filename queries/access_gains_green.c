/* access_gains_green.c - candidate areas: merged with the green they touch, measured to by straight line and over land.
 *
 * An area that is made holds all that went into it: by straight line whoever was near one of its members is as near to
 * it, and the shortest distance after is the smaller of the one before and the one to the new area.
 */
#include <math.h>
#include <string.h>

#include "access_gains.h"

/* ----------------------------------------------------------------------------------------------------- merging */

/* Areas near enough to be merged with the candidate. */
static sund_code neighbours(sund_ctx *ctx, const gains_town *town, const gains_candidate *c, size_t **out,
                            size_t *count) {
  double zone[4];
  box_grow(zone, c->box, town->run->options->merge_gap_m * town->largest + 1);
  if (!(*out = sund_alloc(ctx, town->greens, sizeof **out))) return SUND_LIMIT;
  for (size_t r = 0; r < town->greens; r++)
    if (town->green[r].into == SIZE_MAX && box_meets(town->green[r].box, zone)) (*out)[(*count)++] = r;
  return SUND_OK;
}

static const char *text_at(const sund_table *table, const char *column, size_t row) {
  const char **text = sund_table_text(table, column);
  return text ? text[row] : NULL;
}

/* Access class of an area: that of its first parcel, or of the candidate it was made by. */
static const char *access_of(const gains_town *town, const gains_green *green) {
  const sund_inputs *in = town->run->in;
  return green->parcel != SIZE_MAX
             ? text_at(in->role[SUND_GREEN], "access", green->parcel)
             : text_at(in->candidate[SUND_AREA], "access", town->candidate[green->candidate].row);
}

/* A green table of `count` areas of the town and the candidate. Of the areas only what merging asks for is told: their
 * access class, and by their kind whether they are open ground. */
static sund_code green_table(sund_ctx *ctx, const gains_town *town, const gains_candidate *c, size_t count,
                             const size_t *near, sund_table **out) {
  const sund_table *candidates = town->run->in->candidate[SUND_AREA];
  const sund_role_info *role = sund_role_of(SUND_GREEN);
  sund_field field[2];
  for (size_t k = 0, n = 0; k < role->columns && n < 2; k++)
    if (strcmp(role->column[k].field.name, n ? "access" : "kind") == 0) field[n++] = role->column[k].field;
  const sund_shapes **part = sund_alloc(ctx, count + 1, sizeof *part);
  sund_table *table;
  if (!part) return SUND_LIMIT;
  TRY(sund_table_new(ctx, "green", SUND_AREA, count + 1, field, 2, &table));
  for (size_t k = 0; k <= count; k++) {
    const gains_green *green = k < count ? &town->green[near[k]] : NULL;
    sund_shapes *shapes;
    TRY(sund_shapes_pick(ctx, green ? green->shapes : candidates->shapes, 1, green ? &green->row : &c->row, &shapes));
    part[k] = shapes;
    table->column[0].text[k] = green ? (green->open ? "meadow" : "other") : text_at(candidates, "kind", c->row);
    table->column[1].text[k] = green ? access_of(town, green) : text_at(candidates, "access", c->row);
  }
  TRY(sund_shapes_join(ctx, SUND_AREA, count + 1, part, &table->shapes));
  *out = table;
  return SUND_OK;
}

/* The set of a table: of the answer's kinds and access classes, or of all. */
static sund_code set_of(sund_ctx *ctx, const gains_town *town, const sund_table *table, bool all,
                        access_target **out) {
  const access_target *own = town->answer->target;
  sund_inputs *in = sund_alloc(ctx, 1, sizeof *in);
  access_run *run = sund_alloc(ctx, 1, sizeof *run);
  green_set *set;
  if (!in || !run) return SUND_LIMIT;
  *in = *town->run->in;
  in->role[SUND_GREEN] = table;
  *run = *town->run;
  run->in = in, run->sets = run->targets = 0, run->all = NULL;
  TRY(access_set(ctx, run, all ? EVERY_BIT : town->answer->standard->kinds, all ? EVERY_BIT : town->answer->access,
                 true, &set));
  return access_target_of(ctx, run, set, own->min_ha, own->reach, out);
}

sund_code gains_merge(sund_ctx *ctx, const gains_town *town, const gains_candidate *c, gains_plan *plan) {
  size_t *near = NULL, count = 0;
  sund_table *table;
  access_target *target;
  TRY(green_table(ctx, town, c, 0, NULL, &table));
  TRY(set_of(ctx, town, table, false, &target));
  if (target->set->rows == 0) return SUND_OK; /* none of the kinds or access classes that count */
  TRY(neighbours(ctx, town, c, &near, &count));
  if (count) {
    TRY(green_table(ctx, town, c, count, near, &table));
    TRY(set_of(ctx, town, table, true, &target));
  }
  const green_set *set = target->set;
  size_t m = set->merged_of[count];
  plan->has_area = true;
  plan->area = (gains_green){.shapes = set->shapes,
                             .row = m,
                             .ha = set->ha[m],
                             .sliver = set->sliver[m],
                             .open = set->open[m],
                             .accept = target->accept[m],
                             .parcel = SIZE_MAX,
                             .candidate = (size_t)(c - town->candidate),
                             .into = SIZE_MAX};
  sund_shapes_box(set->shapes, m, plan->area.box);
  if (!(plan->member = sund_alloc(ctx, count, sizeof *plan->member))) return SUND_LIMIT;
  for (size_t k = 0; k < count; k++)
    if (set->merged_of[k] == m) plan->member[plan->members++] = near[k];
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------- distances */

/* What distances are measured to: the new area, and what is there as far as it meets `view`. */
static sund_code new_places(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, const double view[4],
                            sund_places *out) {
  const sund_shapes **part = sund_alloc(ctx, town->greens + 1, sizeof *part);
  size_t parts = 0;
  sund_shapes *shapes;
  if (!part) return SUND_LIMIT;
  for (size_t r = 0; r <= town->greens; r++) {
    const gains_green *green = r < town->greens ? &town->green[r] : &plan->area;
    bool member = false;
    for (size_t m = 0; m < plan->members; m++) member = member || plan->member[m] == r;
    if (!green->accept || green->into != SIZE_MAX || member) continue;
    if (r < town->greens && !box_meets(green->box, view)) continue;
    TRY(sund_shapes_pick(ctx, green->shapes, 1, &green->row, &shapes));
    part[parts++] = shapes;
  }
  TRY(sund_shapes_join(ctx, SUND_AREA, parts, part, &shapes));
  *out = (sund_places){.rows = parts, .areas = shapes};
  return SUND_OK;
}

static sund_code part_gaps(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part) {
  sund_shapes *gap;
  sund_segments *segments;
  TRY(sund_shapes_pick(ctx, town->run->in->candidate[SUND_AREA]->shapes, 1, &plan->candidate->row, &gap));
  TRY(sund_overlay_subtract(ctx, town->gap, gap, &gap));
  part->run.gap = gap;
  for (size_t i = 0; i < part->count; i++) part->run.gap_m[i] = INFINITY;
  if (gap->parts == 0) return SUND_OK;
  TRY(sund_segments_build(ctx, gap, &segments));
  for (size_t i = 0; i < part->count; i++) {
    double x, y, metres;
    if (sund_segments_nearest(segments, part->homes.x[i], part->homes.y[i], INFINITY, NULL, true, &x, &y, &metres) !=
        SIZE_MAX)
      part->run.gap_m[i] = sund_ground_distance(part->run.ground, part->homes.x[i], part->homes.y[i], x, y);
  }
  return SUND_OK;
}

static sund_code measure_straight(sund_ctx *ctx, const gains_plan *plan, const sund_places *places,
                                  gains_part *part) {
  access_reach *straight = &part->target.by[BY_STRAIGHT];
  const homes *h = &part->homes;
  double *metres = sund_alloc(ctx, h->count, sizeof *metres), *x = sund_alloc(ctx, h->count, sizeof *x);
  double *y = sund_alloc(ctx, h->count, sizeof *y);
  size_t *row = sund_alloc(ctx, h->count, sizeof *row);
  if (!metres || !x || !y || !row) return SUND_LIMIT;
  TRY(sund_straight_ranked(ctx, places, part->run.ground, INFINITY, 1, h->count, h->x, h->y, metres, row, x, y));
  for (size_t i = 0; i < h->count; i++)
    if (plan->whole || !(straight->metres[i] <= metres[i]))
      straight->metres[i] = metres[i], straight->near_x[i] = x[i], straight->near_y[i] = y[i];
  return SUND_OK;
}

/* Over land an area can be farther than a member of it was: green in the water is reached from the shore, green that is
 * on land too from its land. Then all green around is measured to again. */
static sund_code measure_land(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part) {
  access_reach *land = &part->target.by[BY_LAND];
  const homes *h = &part->homes;
  bool again = plan->members || plan->whole;
  double *metres = sund_alloc(ctx, h->count, sizeof *metres), none[4];
  size_t *row = sund_alloc(ctx, h->count, sizeof *row);
  sund_places places;
  if (!metres || !row) return SUND_LIMIT;
  box_empty(none);
  TRY(new_places(ctx, town, plan, again ? part->view : none, &places));
  TRY(sund_overland_ranked(ctx, part->run.overland, &places, town->answer->max, 1, h->count, h->x, h->y, metres, row,
                           NULL, NULL));
  for (size_t i = 0; i < h->count; i++)
    if (again || metres[i] < land->metres[i]) land->metres[i] = isnan(metres[i]) ? INFINITY : metres[i];
  return SUND_OK;
}

sund_code gains_lines(sund_ctx *ctx, const gains_town *town, const gains_plan *plan, gains_part *part) {
  sund_places places;
  double view[4];
  if (plan->regap) TRY(part_gaps(ctx, town, plan, part));
  if (!plan->has_area || (!plan->area.accept && !plan->whole)) return SUND_OK;
  if (plan->whole) box_everywhere(view);
  else box_empty(view);
  TRY(new_places(ctx, town, plan, view, &places));
  TRY(measure_straight(ctx, plan, &places, part));
  return town->answer->way == BY_LAND && !part->far ? measure_land(ctx, town, plan, part) : SUND_OK;
}
