/* homes.c - where people live, made ready for a query.
 *
 * Points are put into the areas as they are. Polygons that are small against the distance asked about become one
 * point. Larger ones (census cells) are spread: over their land by area (dasymetric areal weighting, Wright 1936;
 * Eicher and Brewer 2001), cut by the areas' borders and by a lattice, so that no piece is longer than the lattice.
 */
#include "homes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "homes_spread.h"

size_t units_count(const sund_inputs *in) {
  return in->role[SUND_AREAS] ? in->role[SUND_AREAS]->rows : 1;
}

size_t units_area(const sund_inputs *in, size_t unit) {
  return in->role[SUND_AREAS] ? unit : SIZE_MAX;
}

bool units_same_level(const char **level, size_t a, size_t b) {
  if (!level || level[a] == level[b]) return true;
  return level[a] && level[b] && strcmp(level[a], level[b]) == 0;
}

/* Distinct levels of the areas; level_of: areas, number of the level. */
static sund_code find_levels(sund_ctx *ctx, const sund_table *areas, homes *h, size_t **level_of) {
  size_t rows = areas ? areas->rows : 1;
  if (!(h->level = sund_alloc(ctx, rows, sizeof *h->level))) return SUND_LIMIT;
  if (!(*level_of = sund_alloc(ctx, rows, sizeof **level_of))) return SUND_LIMIT;
  const char **text = areas ? sund_table_text(areas, "level") : NULL;
  for (size_t r = 0; r < rows; r++) {
    const char *level = text && text[r] ? text[r] : "municipality";
    size_t l = 0;
    while (l < h->levels && strcmp(h->level[l], level) != 0) l++;
    if (l == h->levels) h->level[h->levels++] = level;
    (*level_of)[r] = l;
  }
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------- points into areas */

typedef struct locate_job {
  const sund_shapes *areas;
  const sund_index *index; /* over the areas' boxes */
  const size_t *level_of;
  homes *h;
  uint8_t *twice; /* homes: in two areas of one level */
} locate_job;

typedef struct locate_hit {
  const locate_job *job;
  size_t home;
} locate_hit;

static bool locate_visit(size_t area, void *data) {
  const locate_hit *hit = data;
  homes *h = hit->job->h;
  if (!sund_area_contains(hit->job->areas, area, h->x[hit->home], h->y[hit->home])) return true;
  size_t *found = &h->area[hit->job->level_of[area]][hit->home];
  if (*found != SIZE_MAX) hit->job->twice[hit->home] = 1;
  if (area < *found) *found = area; /* where areas of one level overlap the first one counts */
  return true;
}

static sund_code locate_block(sund_ctx *worker, size_t begin, size_t end, void *data) {
  (void)worker;
  locate_job *job = data;
  for (size_t i = begin; i < end; i++) {
    const double box[4] = {job->h->x[i], job->h->y[i], job->h->x[i], job->h->y[i]};
    locate_hit hit = {job, i};
    sund_index_search(job->index, box, locate_visit, &hit);
  }
  return SUND_OK;
}

static sund_code note_overlap(sund_ctx *ctx, const homes *h, const uint8_t *twice, sund_findings *findings) {
  size_t count = 0, last = 0;
  double persons = 0;
  for (size_t i = 0; i < h->count; i++)
    if (twice[i]) count++, persons += h->persons[i], last = i;
  if (!count) return SUND_OK;
  const char *text = sund_text(
      ctx, "%zu homes with %.0f persons lie in two areas of one level, which overlap there; each counts in the first",
      count, persons);
  if (!text) return SUND_LIMIT;
  return sund_finding_add(ctx, findings,
                          (sund_finding){"warning", "areas", SUND_NO_FEATURE, text, h->x[last], h->y[last]});
}

/* Area of every home at every level. */
static sund_code locate(sund_ctx *ctx, const sund_table *areas, const size_t *level_of, homes *h,
                        sund_findings *findings) {
  if (!(h->area = sund_alloc(ctx, h->levels, sizeof *h->area))) return SUND_LIMIT;
  for (size_t l = 0; l < h->levels; l++) {
    if (!(h->area[l] = sund_alloc(ctx, h->count, sizeof **h->area))) return SUND_LIMIT;
    for (size_t i = 0; i < h->count; i++) h->area[l][i] = SIZE_MAX;
  }
  if (!areas) return SUND_OK;
  double *boxes = sund_alloc(ctx, areas->rows, 4 * sizeof *boxes);
  if (!boxes) return SUND_LIMIT;
  for (size_t r = 0; r < areas->rows; r++) sund_shapes_box(areas->shapes, r, boxes + 4 * r);
  sund_index *index;
  TRY(sund_index_build(ctx, areas->rows, boxes, &index));
  locate_job job = {areas->shapes, index, level_of, h, sund_alloc(ctx, h->count, 1)};
  if (!job.twice) return SUND_LIMIT;
  TRY(sund_for(ctx, h->count, 4096, locate_block, &job));
  return note_overlap(ctx, h, job.twice, findings);
}

/* ------------------------------------------------------------------------------------------------- together */

static sund_code new_homes(sund_ctx *ctx, size_t room, homes *h) {
  h->count = 0;
  if (!(h->x = sund_alloc(ctx, room, sizeof(double))) || !(h->y = sund_alloc(ctx, room, sizeof(double))) ||
      !(h->persons = sund_alloc(ctx, room, sizeof(double))) || !(h->share = sund_alloc(ctx, room, sizeof(double))) ||
      !(h->plain = sund_alloc(ctx, room, sizeof(double))) || !(h->row = sund_alloc(ctx, room, sizeof(size_t))) ||
      !(h->piece = sund_alloc(ctx, room, sizeof(int64_t))))
    return SUND_LIMIT;
  return SUND_OK;
}

/* A home, or with a number from 1 a piece of one. */
static size_t add_home(homes *h, double x, double y, double persons, size_t row, int64_t piece) {
  size_t i = h->count++;
  h->x[i] = x, h->y[i] = y, h->persons[i] = persons, h->row[i] = row, h->piece[i] = piece;
  h->share[i] = h->plain[i] = 1;
  return i;
}

/* Splits polygon homes into those that become a point and those that are spread. Those far from the areas are left
 * out here, so that a census of a whole region costs nothing. */
static sund_code sort_out(sund_ctx *ctx, const sund_inputs *in, double above_m, homes *h, size_t **pick,
                          uint8_t **single) {
  const sund_shapes *shapes = in->role[SUND_HOMES]->shapes;
  const sund_table *areas = in->role[SUND_AREAS];
  double all[4] = {-INFINITY, -INFINITY, INFINITY, INFINITY}, box[4];
  if (areas && !sund_table_box(areas, all)) return sund_fail(ctx, SUND_DATA, "areas: no area has a geometry");
  const double *persons = sund_table_real(in->role[SUND_HOMES], "persons");
  if (!(*pick = sund_alloc(ctx, shapes->rows, sizeof **pick))) return SUND_LIMIT;
  if (!(*single = sund_alloc(ctx, shapes->rows, 1))) return SUND_LIMIT;
  for (size_t r = 0; r < shapes->rows; r++) {
    if (!sund_shapes_box(shapes, r, box)) continue;
    bool near = box[0] <= all[2] && box[2] >= all[0] && box[1] <= all[3] && box[3] >= all[1];
    bool large = fmax(box[2] - box[0], box[3] - box[1]) > above_m;
    (*single)[r] = !large;
    if (large && near) (*pick)[h->spread++] = r;
    else if (large) h->outside++, h->outside_persons += persons[r];
  }
  return SUND_OK;
}

static sund_code from_polygons(sund_ctx *ctx, const sund_inputs *in, const homes_options *options,
                               const size_t *level_of, homes *h, homes_pieces *p, sund_findings *findings) {
  const sund_table *table = in->role[SUND_HOMES];
  const double *persons = sund_table_real(table, "persons");
  size_t *pick = NULL;
  uint8_t *single = NULL;
  TRY(sort_out(ctx, in, options->spread_above_m, h, &pick, &single));
  if (h->spread) TRY(homes_spread(ctx, in, options, h->spread, pick, level_of, p, findings));
  size_t spread_rows = p->shapes ? p->shapes->rows : 0;
  TRY(new_homes(ctx, table->rows + spread_rows, h));
  double x, y;
  for (size_t r = 0; r < table->rows; r++)
    if (single[r]) {
      homes_inside_point(table->shapes, r, &x, &y);
      add_home(h, x, y, persons[r], r, 0);
    }
  int64_t *number = sund_alloc(ctx, table->rows, sizeof *number);
  if (!number) return SUND_LIMIT;
  for (size_t i = 0; i < spread_rows; i++) {
    homes_inside_point(p->shapes, i, &x, &y);
    size_t n = add_home(h, x, y, persons[p->home[i]] * p->share[i], p->home[i], ++number[p->home[i]]);
    h->share[n] = p->share[i], h->plain[n] = p->plain[i];
  }
  return SUND_OK;
}

/* Drops the homes that lie in no area of any level. */
static sund_code drop_outside(sund_ctx *ctx, homes *h, sund_findings *findings) {
  size_t kept = 0;
  for (size_t i = 0; i < h->count; i++) {
    bool inside = false;
    for (size_t l = 0; l < h->levels; l++) inside = inside || h->area[l][i] != SIZE_MAX;
    if (!inside) {
      h->outside++, h->outside_persons += h->persons[i];
      continue;
    }
    h->x[kept] = h->x[i], h->y[kept] = h->y[i], h->persons[kept] = h->persons[i];
    h->row[kept] = h->row[i], h->piece[kept] = h->piece[i];
    h->share[kept] = h->share[i], h->plain[kept] = h->plain[i];
    for (size_t l = 0; l < h->levels; l++) h->area[l][kept] = h->area[l][i];
    kept++;
  }
  h->count = kept;
  if (!h->outside) return SUND_OK;
  const char *text = sund_text(ctx, "%zu homes with %.0f persons lie in none of the areas and are left out",
                               h->outside, h->outside_persons);
  if (!text) return SUND_LIMIT;
  return sund_finding_add(ctx, findings, (sund_finding){"note", "homes", SUND_NO_FEATURE, text, NAN, NAN});
}

/* Persons of every group in every home; what homes are ranked by. */
static sund_code add_groups(sund_ctx *ctx, const sund_table *table, homes *h) {
  static const char PREFIX[] = "group_";
  const double *income = sund_table_real(table, "income");
  if (!(h->group = sund_alloc(ctx, table->columns, sizeof *h->group)) ||
      !(h->in_group = sund_alloc(ctx, table->columns, sizeof *h->in_group)))
    return SUND_LIMIT;
  for (size_t c = 0; c < table->columns; c++) {
    const double *value = table->column[c].real;
    if (!value || strncmp(table->column[c].field.name, PREFIX, sizeof PREFIX - 1) != 0) continue;
    double *persons = sund_alloc(ctx, h->count, sizeof *persons);
    if (!persons) return SUND_LIMIT;
    for (size_t i = 0; i < h->count; i++) persons[i] = isnan(value[h->row[i]]) ? 0 : value[h->row[i]] * h->share[i];
    h->group[h->groups] = table->column[c].field.name;
    h->in_group[h->groups++] = persons;
  }
  bool ranked = false;
  for (size_t r = 0; income && r < table->rows; r++) ranked = ranked || !isnan(income[r]);
  if (!ranked) return SUND_OK;
  if (!(h->income = sund_alloc(ctx, h->count, sizeof *h->income))) return SUND_LIMIT;
  for (size_t i = 0; i < h->count; i++) h->income[i] = income[h->row[i]];
  return SUND_OK;
}

/* A row of the homes table by its id. */
typedef struct home_name {
  const char *id;
  size_t row;
} home_name;

static int by_id(const void *left, const void *right) {
  const home_name *a = left, *b = right;
  int order = strcmp(a->id, b->id);
  return order ? order : (a->row > b->row) - (a->row < b->row);
}

/* An id given twice is most often a register read twice: said, but counted, for two registers may number alike. */
static sund_code note_twice(sund_ctx *ctx, const sund_table *table, sund_findings *findings) {
  const char **id = sund_table_text(table, "id");
  const double *persons = sund_table_real(table, "persons");
  home_name *name = sund_alloc(ctx, table->rows, sizeof *name);
  size_t count = 0, twice = 0, last = SIZE_MAX;
  double counted = 0;
  if (!name) return SUND_LIMIT;
  for (size_t r = 0; id && r < table->rows; r++)
    if (id[r]) name[count++] = (home_name){id[r], r};
  if (count) qsort(name, count, sizeof *name, by_id);
  for (size_t k = 1; k < count; k++)
    if (strcmp(name[k - 1].id, name[k].id) == 0) twice++, last = name[k].row, counted += persons[last];
  if (!twice) return SUND_OK;
  const char *text =
      sund_text(ctx,
                "%zu homes with %.0f persons have an id that another home has too, e.g. %s: all of them "
                "count; is a register given twice?",
                twice, counted, id[last]);
  if (!text) return SUND_LIMIT;
  return sund_finding_add(
      ctx, findings,
      (sund_finding){"warning", sund_table_source(table, last), sund_table_feature(table, last), text, NAN, NAN});
}

sund_code homes_prepare(sund_ctx *ctx, const sund_inputs *in, const homes_options *options, homes **out,
                        sund_findings *findings) {
  const sund_table *table = in->role[SUND_HOMES], *areas = in->role[SUND_AREAS];
  homes *h = sund_alloc(ctx, 1, sizeof *h);
  size_t *level_of;
  homes_pieces p = {0};
  if (!h) return SUND_LIMIT;
  TRY(find_levels(ctx, areas, h, &level_of));
  if (table->kind != SUND_AREA) {
    const double *persons = sund_table_real(table, "persons");
    bool placed = table->kind == SUND_POINT; /* a table of distances needs no places */
    TRY(new_homes(ctx, table->rows, h));
    for (size_t r = 0; r < table->rows; r++)
      add_home(h, placed ? table->x[r] : NAN, placed ? table->y[r] : NAN, persons[r], r, 0);
  } else {
    TRY(from_polygons(ctx, in, options, level_of, h, &p, findings));
  }
  TRY(locate(ctx, areas, level_of, h, findings));
  /* Pieces come last and keep the area they were cut by: their point may lie on its border. */
  if (areas && p.shapes)
    for (size_t i = 0; i < p.shapes->rows; i++) h->area[0][h->count - p.shapes->rows + i] = p.unit[i];
  if (areas) TRY(drop_outside(ctx, h, findings));
  if (h->count == 0)
    return areas ? sund_fail(ctx, SUND_DATA, "homes: none lies in any of the areas; check the CRS and the areas")
                 : sund_fail(ctx, SUND_DATA, "homes: there is none with a place");
  TRY(add_groups(ctx, table, h));
  TRY(note_twice(ctx, table, findings));
  *out = h;
  return SUND_OK;
}

sund_code homes_by_area(sund_ctx *ctx, const sund_inputs *in, const homes *h, size_t **first, size_t **list) {
  size_t units = units_count(in), total = 0;
  size_t *start = sund_alloc(ctx, units + 2, sizeof *start);
  if (!start) return SUND_LIMIT;
  for (size_t l = 0; l < h->levels; l++)
    for (size_t i = 0; i < h->count; i++) {
      size_t unit = in->role[SUND_AREAS] ? h->area[l][i] : 0;
      if (unit != SIZE_MAX) start[unit + 2]++, total++;
    }
  for (size_t u = 0; u < units; u++) start[u + 2] += start[u + 1];
  size_t *members = sund_alloc(ctx, total, sizeof *members);
  if (!members) return SUND_LIMIT;
  for (size_t l = 0; l < h->levels; l++)
    for (size_t i = 0; i < h->count; i++) {
      size_t unit = in->role[SUND_AREAS] ? h->area[l][i] : 0;
      if (unit != SIZE_MAX) members[start[unit + 1]++] = i;
    }
  *first = start;
  *list = members;
  return SUND_OK;
}

const char *homes_id(sund_ctx *ctx, const sund_inputs *in, const homes *h, size_t home) {
  const sund_table *table = in->role[SUND_HOMES];
  const size_t row = h->row[home];
  const char **id = sund_table_text(table, "id");
  if (id && id[row]) return id[row];
  return table->feature ? sund_text(ctx, "%lld", (long long)table->feature[row]) : sund_text(ctx, "%zu", row + 1);
}

const char *homes_area_id(const sund_inputs *in, const homes *h, size_t home) {
  const sund_table *areas = in->role[SUND_AREAS];
  size_t area = h->area[0][home];
  for (size_t l = 1; area == SIZE_MAX && l < h->levels; l++) area = h->area[l][home];
  return areas ? sund_table_text(areas, "id")[area] : "all";
}
