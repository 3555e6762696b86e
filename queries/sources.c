/* sources.c - from a project to tables: which sources are read, in which CRS, once each.
 *
 * Order: sources_look (open everything, read no feature), sources_frame, sources_read.
 */
#include "sources.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------- look */

static sund_code pick_sources(sund_ctx *ctx, const sund_project *project, uint32_t roles, size_t asides,
                              const sund_source *aside, sources *s) {
  const size_t room = project->sources + asides;
  if (!(s->source = sund_alloc(ctx, room, sizeof *s->source)) ||
      !(s->peek = sund_alloc(ctx, room, sizeof *s->peek)) ||
      !(s->lattice = sund_alloc(ctx, room, sizeof *s->lattice)) ||
      !(s->reading = sund_alloc(ctx, room, sizeof *s->reading)))
    return SUND_LIMIT;
  for (size_t i = 0; i < project->sources; i++)
    if (roles >> project->source[i].role & 1) s->source[s->count++] = project->source[i];
  for (size_t i = 0; i < asides; i++)
    if (roles >> aside[i].role & 1) s->source[s->count++] = aside[i], s->asides++;
  return SUND_OK;
}

/* Every field a source maps must be there. */
static sund_code check_fields(sund_ctx *ctx, const sund_source *source, const sund_peek *peek) {
  for (size_t f = 0; f < source->fields; f++) {
    const char *wanted = source->field[f].value;
    bool found = strpbrk(wanted, "+|:") != NULL; /* may be a formula: its parts are looked for when it is read */
    for (size_t k = 0; k < peek->fields && !found; k++) found = sund_same_name(peek->field[k], wanted);
    if (found) continue;
    const char *near = sund_nearest_word(wanted, peek->fields, peek->field);
    sund_fail_at(ctx, source->field[f].mark, "layer %s has no field \"%s\" (for %s)%s%s%s", peek->layer, wanted,
                 source->field[f].key, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return sund_blame(ctx, sund_base_name(source->path), SUND_NO_FEATURE);
  }
  return SUND_OK;
}

static sund_code look_at(sund_ctx *ctx, size_t profiles, sund_profile *const *profile, sources *s, size_t i) {
  sund_source *source = &s->source[i];
  sund_peek *peek = &s->peek[i];
  sund_medium medium = sund_role_of(source->role)->medium;
  if (medium == SUND_RASTER) return sund_raster_peek(ctx, source, peek, &s->lattice[i], &s->reading[i].heights);
  if (medium != SUND_VECTOR) return SUND_OK;
  TRY(sund_vector_peek(ctx, source, peek));
  TRY(check_fields(ctx, source, peek));
  return sund_profile_apply(ctx, profiles, profile, peek->fields, peek->field, peek->layer, source);
}

sund_code sources_look(sund_ctx *ctx, const sund_project *project, uint32_t roles, sources **out) {
  return sources_look_aside(ctx, project, roles, 0, NULL, out);
}

sund_code sources_look_aside(sund_ctx *ctx, const sund_project *project, uint32_t roles, size_t asides,
                             const sund_source *aside, sources **out) {
  sources *s = sund_alloc(ctx, 1, sizeof *s);
  if (!s) return SUND_LIMIT;
  TRY(pick_sources(ctx, project, roles, asides, aside, s));
  sund_profile **profile = sund_alloc(ctx, project->profiles, sizeof *profile);
  if (!profile) return SUND_LIMIT;
  for (size_t p = 0; p < project->profiles; p++) TRY(sund_profile_read(ctx, project->profile[p], &profile[p]));
  for (size_t i = 0; i < s->count; i++) TRY(look_at(ctx, project->profiles, profile, s, i));
  *out = s;
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ frame */

/* The source that says where the project lies: of the areas, else the homes, the land, the coast, else the first. */
static const sund_peek *leading_source(const sources *s, const char **role) {
  static const sund_role order[] = {SUND_AREAS, SUND_HOMES, SUND_LAND, SUND_COAST};
  enum { ORDERED = sizeof order / sizeof *order };
  for (size_t k = 0; k <= ORDERED; k++)
    for (size_t i = 0; i < s->count; i++)
      if ((k == ORDERED || s->source[i].role == order[k]) && (s->peek[i].wkt || s->source[i].crs)) {
        *role = sund_role_of(s->source[i].role)->name;
        return &s->peek[i];
      }
  return NULL;
}

/* Is there nothing to be placed? Distances then come from a table, and any CRS will do. */
static bool only_tables(const sources *s) {
  for (size_t i = 0; i < s->count; i++)
    if (sund_role_of(s->source[i].role)->medium != SUND_VECTOR || s->peek[i].kind != SUND_NONE ||
        s->peek[i].box[0] <= s->peek[i].box[2])
      return false;
  return s->count > 0;
}

/* The UTM zone of the source's middle: ETRS89 in Europe, WGS 84 elsewhere. */
static sund_code utm_zone(sund_ctx *ctx, const double box[4], const sund_crs **out) {
  double longitude = (box[0] + box[2]) / 2, latitude = (box[1] + box[3]) / 2;
  bool known = box[0] <= box[2]; /* an extent is stated */
  if (!(known && longitude >= -180 && longitude <= 180 && latitude >= -84 && latitude <= 84))
    return sund_fail(ctx, SUND_DATA, "no metric CRS can be chosen from the data: give crs, e.g. EPSG:25832");
  int zone = (int)floor((longitude + 180) / 6) % 60 + 1;
  bool europe = zone >= 28 && zone <= 38 && latitude > 30;
  const char *code = sund_text(ctx, "EPSG:%d", europe ? 25800 + zone : (latitude >= 0 ? 32600 : 32700) + zone);
  sund_crs *crs;
  if (!code) return SUND_LIMIT;
  TRY(sund_crs_open(ctx, code, &crs));
  *out = crs;
  return SUND_OK;
}

/* When the leading source is in degrees: the CRS of the first source that is in metres, for who measures there measures
 * right; else the UTM zone of the leading one. Degrees that are swapped are found out against metres, not by themselves. */
static sund_code metric_frame(sund_ctx *ctx, sources *s, const double box[4], const char *role) {
  for (size_t i = 0; i < s->count; i++) {
    const char *definition = s->peek[i].wkt ? s->peek[i].wkt : s->source[i].crs;
    sund_crs *crs;
    if (!definition || (s->peek[i].kind == SUND_NONE && s->source[i].role != SUND_TERRAIN)) continue;
    TRY(sund_crs_open(ctx, definition, &crs));
    if (!sund_crs_metric(crs)) continue;
    s->frame.crs = crs;
    s->crs_reason = sund_text(ctx, "of %s", sund_role_of(s->source[i].role)->name);
    return SUND_OK;
  }
  TRY(utm_zone(ctx, box, &s->frame.crs));
  s->crs_reason = sund_text(ctx, "UTM zone of %s", role);
  return SUND_OK;
}

sund_code sources_frame(sund_ctx *ctx, const sund_project *project, sources *s) {
  sund_crs *crs;
  s->frame.heights = project->heights;
  if (project->crs) {
    TRY(sund_crs_open(ctx, project->crs, &crs));
    s->frame.crs = crs;
    s->crs_reason = "as asked";
    return SUND_OK;
  }
  const char *role = NULL;
  const sund_peek *peek = leading_source(s, &role);
  if (!peek && only_tables(s)) {
    TRY(sund_crs_open(ctx, "EPSG:25832", &crs));
    s->frame.crs = crs;
    s->crs_reason = "no source has a geometry";
    return SUND_OK;
  }
  if (!peek) return sund_fail(ctx, SUND_USAGE, "no source says its CRS: give crs, e.g. EPSG:25832");
  const sund_source *source = &s->source[peek - s->peek];
  TRY(sund_crs_open(ctx, peek->wkt ? peek->wkt : source->crs, &crs));
  s->frame.crs = crs;
  s->crs_reason = sund_text(ctx, "of %s", role);
  if (!sund_crs_metric(crs)) TRY(metric_frame(ctx, s, peek->box, role));
  return s->crs_reason ? SUND_OK : SUND_LIMIT;
}

/* ------------------------------------------------------------------------------------------------------- read */

/* A timetable on its own: what is wrong with it, without the others. */
static sund_code read_feed(sund_ctx *ctx, sources *s, size_t i, sund_findings *findings) {
  sund_feeds *feeds;
  return sund_feeds_read(ctx, 1, &s->source[i], s->frame.crs, &feeds, &s->reading[i], findings);
}

sund_code sources_read_one(sund_ctx *ctx, sources *s, size_t i, sund_table **table, sund_findings *findings) {
  sund_reading *reading = &s->reading[i];
  *table = NULL;
  switch (sund_role_of(s->source[i].role)->medium) {
    case SUND_VECTOR:
      return sund_vector_read(ctx, &s->source[i], &s->frame, table, reading, findings);
    case SUND_RASTER:
      return sund_raster_read(ctx, &s->source[i], NULL, reading, findings);
    case SUND_GTFS:
      return read_feed(ctx, s, i, findings);
  }
  return sund_fail(ctx, SUND_DEFECT, "role without a medium");
}

/* A role that was given and is empty is a mistake (a filter that fits nothing), not an answer of "none". */
static sund_code fail_empty(sund_ctx *ctx, const sources *s, sund_role role) {
  size_t i = 0;
  while (s->source[i].role != role) i++;
  const sund_source *source = &s->source[i];
  sund_fail(ctx, SUND_DATA, "%s: layer %s has no feature%s%s%s", sund_role_of(role)->name, s->reading[i].layer,
            source->where ? " that fits where \"" : "", source->where ? source->where : "",
            source->where ? "\"" : "");
  return sund_blame(ctx, sund_base_name(source->path), SUND_NO_FEATURE);
}

/* Candidates are gates, paths and green areas, each a table of its own. The role's table is the first of them. */
static sund_code join_candidates(sund_ctx *ctx, const sources *s, size_t count, sund_table *const *table,
                                 sund_inputs *in) {
  sund_table **same = sund_alloc(ctx, count, sizeof *same), *joined = NULL;
  const sund_table *first = NULL;
  if (!same) return SUND_LIMIT;
  for (sund_kind kind = SUND_POINT; kind <= SUND_AREA; kind++) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
      if (table[i]->kind == kind && table[i]->rows > 0) same[found++] = table[i];
    if (found == 0) continue;
    TRY(sund_table_join(ctx, SUND_CANDIDATES, found, same, &joined));
    in->candidate[kind] = joined;
    if (!first) first = joined;
  }
  in->role[SUND_CANDIDATES] = first;
  return first ? SUND_OK : fail_empty(ctx, s, SUND_CANDIDATES);
}

/* Joins what was read for one role, and its extents. */
static sund_code join_role(sund_ctx *ctx, sources *s, sund_role role, sund_table *const *table, sund_inputs *in) {
  sund_table **mine = sund_alloc(ctx, s->count, sizeof *mine), *joined;
  double(*extent)[4] = sund_alloc(ctx, s->count, sizeof *extent);
  size_t count = 0, extents = 0;
  if (!mine || !extent) return SUND_LIMIT;
  for (size_t i = 0; i < s->count - s->asides; i++) {
    if (s->source[i].role != role || !table[i]) continue;
    mine[count++] = table[i];
    const double *e = s->reading[i].extent;
    if (e[0] <= e[2]) memcpy(extent[extents++], e, sizeof *extent);
  }
  if (count == 0) return SUND_OK;
  in->extent[role] = (const double(*)[4])extent;
  in->extents[role] = extents;
  if (role == SUND_CANDIDATES) return join_candidates(ctx, s, count, mine, in);
  TRY(sund_table_join(ctx, role, count, mine, &joined));
  in->role[role] = joined;
  return joined->rows == 0 ? fail_empty(ctx, s, role) : SUND_OK;
}

static bool has_country(const sund_table *areas, const char *country) {
  const char **of = areas ? sund_table_text(areas, "country") : NULL;
  for (size_t i = 0; of && i < areas->rows; i++)
    if (of[i] && strcmp(of[i], country) == 0) return true;
  return false;
}

/* Where units of both shores are compared, what makes their registers differ is said beside it. */
static sund_code tell_asymmetries(sund_ctx *ctx, const sund_inputs *in, sund_findings *findings) {
  const sund_table *areas = in->role[SUND_AREAS];
  if (!has_country(areas, "DK") || !has_country(areas, "SE")) return SUND_OK;
  for (const sund_asymmetry *a = sund_asymmetries; a->id; a++)
    if (in->role[a->of])
      TRY(sund_finding_add(ctx, findings,
                           (sund_finding){"note", "DK / SE", SUND_NO_FEATURE, a->text[SUND_EN], NAN, NAN}));
  return SUND_OK;
}

/* The box of a terrain in the analysis CRS: its edges are straight in its own. */
static sund_code box_in_frame(sund_ctx *ctx, const sources *s, const char *definition, double box[4]) {
  enum { SIDE = 21, POINTS = 4 * SIDE };
  double x[POINTS], y[POINTS], width = box[2] - box[0], height = box[3] - box[1];
  sund_crs *crs;
  sund_op *op;
  for (size_t i = 0; i < SIDE; i++) {
    double at = (double)i / (SIDE - 1);
    x[i] = x[SIDE + i] = box[0] + at * width, y[i] = box[1], y[SIDE + i] = box[3];
    x[2 * SIDE + i] = box[0], x[3 * SIDE + i] = box[2], y[2 * SIDE + i] = y[3 * SIDE + i] = box[1] + at * height;
  }
  TRY(sund_crs_open(ctx, definition, &crs));
  TRY(sund_op_open(ctx, crs, s->frame.crs, box, &op));
  TRY(sund_op_apply(ctx, op, POINTS, x, y, NULL));
  box[0] = box[1] = INFINITY, box[2] = box[3] = -INFINITY;
  for (size_t i = 0; i < POINTS; i++) {
    box[0] = fmin(box[0], x[i]), box[1] = fmin(box[1], y[i]);
    box[2] = fmax(box[2], x[i]), box[3] = fmax(box[3], y[i]);
  }
  return SUND_OK;
}

/* Opens the sources of the role terrain; the query that wants their cells reads them. */
static sund_code open_terrains(sund_ctx *ctx, sources *s, sund_inputs *in, sund_findings *findings) {
  sund_source *source = sund_alloc(ctx, s->count, sizeof *source);
  sund_reading *reading = sund_alloc(ctx, s->count, sizeof *reading);
  sund_terrain *terrain = NULL;
  size_t count = 0, at = 0;
  if (!source || !reading) return SUND_LIMIT;
  for (size_t i = 0; i < s->count; i++)
    if (s->source[i].role == SUND_TERRAIN) source[count++] = s->source[i];
  if (count == 0) return SUND_OK;
  TRY(sund_terrain_open(ctx, count, source, &in->terrains, &terrain, reading, findings));
  in->terrain = terrain;
  /* Results are in the terrains' own height system unless another is asked for; of two systems one must be. */
  bool one = true;
  for (size_t t = 1; t < in->terrains; t++) one = one && strcmp(terrain[t].heights, terrain[0].heights) == 0;
  if (!s->frame.heights && one) s->frame.heights = terrain[0].heights;
  for (size_t i = 0; i < s->count; i++) {
    if (s->source[i].role != SUND_TERRAIN) continue;
    s->reading[i] = reading[at++];
    TRY(box_in_frame(ctx, s, s->reading[i].crs, s->reading[i].extent));
  }
  return SUND_OK;
}

/* All timetables together: what two of them both have is told when their trips are chosen. */
static sund_code read_feeds(sund_ctx *ctx, sources *s, sund_inputs *in, sund_findings *findings) {
  sund_source *feed = sund_alloc(ctx, s->count, sizeof *feed);
  sund_reading *reading = sund_alloc(ctx, s->count, sizeof *reading);
  sund_feeds *feeds = NULL;
  size_t count = 0, at = 0;
  if (!feed || !reading) return SUND_LIMIT;
  for (size_t i = 0; i < s->count; i++)
    if (sund_role_of(s->source[i].role)->medium == SUND_GTFS) feed[count++] = s->source[i];
  if (count == 0) return SUND_OK;
  TRY(sund_feeds_read(ctx, count, feed, s->frame.crs, &feeds, reading, findings));
  for (size_t i = 0; i < s->count; i++)
    if (sund_role_of(s->source[i].role)->medium == SUND_GTFS) s->reading[i] = reading[at++];
  in->feeds = feeds;
  return SUND_OK;
}

sund_code sources_read(sund_ctx *ctx, sources *s, sund_inputs *in, sund_findings *findings) {
  sund_table **table = sund_alloc(ctx, s->count, sizeof *table);
  if (!table) return SUND_LIMIT;
  s->table = table;
  for (size_t i = 0; i < s->count; i++) {
    if (sund_role_of(s->source[i].role)->medium != SUND_VECTOR) continue;
    TRY(sund_progress(ctx, (double)i / (double)s->count, sund_base_name(s->source[i].path)));
    TRY(sources_read_one(ctx, s, i, &table[i], findings));
  }
  TRY(read_feeds(ctx, s, in, findings));
  TRY(open_terrains(ctx, s, in, findings));
  TRY(sources_together(ctx, s));
  in->crs = s->frame.crs;
  in->heights = s->frame.heights;
  for (sund_role role = 0; role < SUND_ROLE_COUNT; role++) TRY(join_role(ctx, s, role, table, in));
  return tell_asymmetries(ctx, in, findings);
}

/* The gates of one compared scenario; NULL = none. */
static sund_code join_compared(sund_ctx *ctx, const sources *s, const scenario_compared *from, sund_table **out) {
  sund_table **mine = sund_alloc(ctx, from->sources, sizeof *mine);
  size_t count = 0;
  if (!mine) return SUND_LIMIT;
  for (size_t k = 0; k < from->sources; k++)
    for (size_t i = 0; i < s->count; i++) {
      if (!scenario_same_source(&s->source[i], &from->source[k])) continue;
      mine[count++] = s->table[i];
      break;
    }
  *out = NULL;
  return count == 0 ? SUND_OK : sund_table_join(ctx, SUND_GATES, count, mine, out);
}

sund_code sources_variants(sund_ctx *ctx, const sources *s, size_t compared, const scenario_compared *from,
                           sund_variant **out) {
  sund_variant *variant = sund_alloc(ctx, compared, sizeof *variant);
  if (!variant) return SUND_LIMIT;
  for (size_t k = 0; k < compared; k++) {
    sund_table *gates;
    TRY(join_compared(ctx, s, &from[k], &gates));
    variant[k] = (sund_variant){from[k].name, gates, from[k].closed, from[k].close};
  }
  *out = variant;
  return SUND_OK;
}
