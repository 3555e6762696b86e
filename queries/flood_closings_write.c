/* flood_closings_write.c - what was closed for trial, told: the layer flood_closings, the indicators flood.closed and
 * flood.closed_face.
 */
#include <math.h>
#include <string.h>

#include "flood_walls.h"

enum { STEP, SADDLE, LEVEL, LENGTH, FACE, VOLUME, HIGHEST, PERSONS, HOMES, NEXT, VERIFIED, RASTER, FIELDS };
static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};
static const sund_field fields[FIELDS] = {
    [STEP] = {"step", SUND_INT, NULL, {"trin", "steg", "step"}, NULL},
    [SADDLE] = {"saddle_id", SUND_TEXT, NULL, {"tærskel", "tröskel", "saddle"}, NULL},
    [LEVEL] = {"level_m", SUND_REAL, "m", {"holder tørt til", "håller torrt till", "keeps dry up to"}, NULL},
    [LENGTH] = {"length_m", SUND_REAL, "m", {"længde", "längd", "length"}, NULL},
    [FACE] = {"face_m2",
              SUND_REAL,
              "m2",
              {"flade (længde gange højde)", "yta (längd gånger höjd)", "face (length times height)"},
              NULL},
    [VOLUME] = {"volume_m3", SUND_REAL, "m3", {"rumfang som dige", "volym som vall", "volume as a dike"}, NULL},
    [HIGHEST] = {"highest_m",
                 SUND_REAL,
                 "m",
                 {"største højde over terræn", "största höjd över marken", "largest height above the ground"},
                 NULL},
    [PERSONS] = {"persons",
                 SUND_REAL,
                 "persons",
                 {"personer, den holder tørre", "personer den håller torra", "persons it keeps dry"},
                 NULL},
    [HOMES] =
        {"homes", SUND_REAL, "homes", {"hjem, den holder tørre", "hem den håller torra", "homes it keeps dry"}, NULL},
    [NEXT] = {"next_m",
              SUND_REAL,
              "m",
              {"bliver derefter våd ved", "blir därefter våt vid", "gets wet after that at"},
              NULL},
    [VERIFIED] = {"verified", SUND_INT, NULL, {"efterprøvet", "kontrollerad", "verified"}, yes_no},
    [RASTER] = {"raster", SUND_TEXT, NULL, {"raster", "raster", "raster"}, NULL},
};
static const sund_class classes[] = {{0, 0, NULL, "#e8590c", {"lukning", "stängning", "closing"}}};
static const sund_style style = {
    .classes = classes, .count = 1, .size_mm = 1.0, .opacity = 1, .label_column = "persons"};

/* The line's stretches as parts of row 0; one cell alone is drawn within itself. */
static sund_code draw(sund_ctx *ctx, const flood_site *site, const sund_closing *line, sund_shapes **out) {
  const sund_lattice *lattice = &site->spec->lattice;
  sund_shapes *shapes;
  TRY(sund_shapes_new(ctx, SUND_LINE, 1, line->stretches, line->line.count + line->stretches, &shapes));
  size_t n = 0;
  for (size_t p = 0; p < line->stretches; p++) {
    shapes->first_vertex[p] = n;
    for (size_t i = line->first[p]; i < line->first[p + 1]; i++, n++)
      sund_lattice_centre(lattice, line->line.cell[i], &shapes->x[n], &shapes->y[n]);
    if (n - shapes->first_vertex[p] != 1) continue;
    shapes->x[n] = shapes->x[n - 1] + lattice->dx / 4, shapes->y[n] = shapes->y[n - 1];
    shapes->x[n - 1] -= lattice->dx / 4;
    n++;
  }
  shapes->first_part[1] = line->stretches;
  shapes->first_vertex[line->stretches] = n;
  shapes->vertices = n;
  TRY(flood_to_map(ctx, site, shapes));
  *out = shapes;
  return SUND_OK;
}

/* Of a dike with the crown and slope asked for, cell by cell. */
static double volume_of(const flood_closings *c, size_t step) {
  const flood_trial *t = &c->step[step];
  const flood_site *site = &c->run->site[c->run->saddle[t->saddle].site];
  const flood_options *asked = c->run->asked;
  double volume = 0;
  for (size_t i = 0; i < t->line.line.count; i++) {
    const double height = (flood_closings_target(c, site) + 1 - c->before[step].ground[i]) * site->spec->step_m;
    volume += t->line.metres[i] * height * (asked->crown_m + asked->slope * height);
  }
  return volume;
}

static void fill(const flood_closings *c, size_t i, sund_table *table) {
  const flood_trial *t = &c->step[i];
  const flood_saddle *s = &c->run->saddle[t->saddle];
  sund_column *column = table->column;
  column[STEP].integer[i] = (int64_t)i + 1;
  column[SADDLE].text[i] = s->id;
  column[LEVEL].real[i] = c->level_m;
  column[LENGTH].real[i] = t->line.length_m;
  column[FACE].real[i] = t->line.face_m2;
  column[VOLUME].real[i] = volume_of(c, i);
  column[HIGHEST].real[i] = t->line.highest_m;
  column[PERSONS].real[i] = c->run->homes ? t->persons : NAN;
  column[HOMES].real[i] = c->run->homes ? t->homes : NAN;
  column[NEXT].real[i] = t->next_m;
  column[VERIFIED].integer[i] = t->verified;
  column[RASTER].text[i] = c->run->site[s->site].suffix;
}

static sund_code write(sund_ctx *ctx, const flood_closings *c) {
  sund_table *table;
  sund_shapes **line = sund_alloc(ctx, c->steps, sizeof *line);
  if (!line) return SUND_LIMIT;
  TRY(sund_table_new(ctx, "flood_closings", SUND_LINE, c->steps, fields, FIELDS, &table));
  for (size_t i = 0; i < c->steps; i++) {
    TRY(draw(ctx, &c->run->site[c->run->saddle[c->step[i].saddle].site], &c->step[i].line, &line[i]));
    fill(c, i, table);
  }
  TRY(sund_shapes_join(ctx, SUND_LINE, c->steps, (const sund_shapes *const *)line, &table->shapes));
  return sund_results_layer(
      ctx, c->run->out,
      (sund_layer){
          .table = table,
          .style = &style,
          .indexed = true,
          .multi = true,
          .title = {"Hvad der kunne lukkes", "Vad som kunde stängas", "What could be closed"},
          .summary = {
              "Billigste linje (længde gange højde), der holder lavningen bag en tærskel tør; den ene bygget "
              "efter den anden",
              "Billigaste linje (längd gånger höjd) som håller sänkan bakom en tröskel torr; den ena byggd efter "
              "den andra",
              "The cheapest line (length times height) that keeps the low ground behind a saddle dry; one built "
              "after the other"}});
}

static sund_code indicate(sund_ctx *ctx, const flood_closings *c, size_t i) {
  const char *variant = sund_text(ctx, "%zu", i + 1);
  if (!variant) return SUND_LIMIT;
  sund_indicator row = {.indicator = "flood.closed",
                        .variant = variant,
                        .area = SIZE_MAX,
                        .value = c->run->homes ? c->step[i].persons : NAN,
                        .unit = "persons",
                        .low = NAN,
                        .high = NAN,
                        .base = NAN,
                        .method = c->run->method};
  TRY(sund_results_indicator(ctx, c->run->out, row));
  row.indicator = "flood.closed_face", row.value = c->step[i].line.face_m2, row.unit = "m2";
  return sund_results_indicator(ctx, c->run->out, row);
}

sund_code flood_closings_write(sund_ctx *ctx, const flood_closings *c) {
  for (size_t i = 0; i < c->steps; i++) TRY(indicate(ctx, c, i));
  return c->steps ? write(ctx, c) : SUND_OK;
}
