/* access_tables.c - what `access` gives back beside the maps: access_curve, access_worst, access_standards. */
#include <math.h>
#include <string.h>

#include "access.h"

static const sund_field curve_fields[] = {
    {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"dist_m", SUND_REAL, "m", {"afstand", "avstånd", "distance"}, NULL},
    {"share_pct",
     SUND_REAL,
     "%",
     {"andel inden for afstanden", "andel inom avståndet", "share within the distance"},
     NULL},
};

/* In place of dist_m, by a table of minutes. */
static const sund_field curve_minutes = {"minutes", SUND_REAL, "min", {"minutter", "minuter", "minutes"}, NULL};

static const char *unit_id(const access_run *run, size_t u) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  return areas ? sund_table_text(areas, "id")[u] : "all";
}

static sund_code curve_table(sund_ctx *ctx, access_run *run, const access_figures *kept) {
  bool minutes = run->way == BY_TABLE && run->od->minutes;
  size_t units = units_count(run->in), n = 0;
  sund_field fields[4];
  sund_table *table;
  memcpy(fields, curve_fields, sizeof fields);
  if (minutes) fields[2] = curve_minutes;
  TRY(sund_table_new(ctx, "access_curve", SUND_NONE, units * run->standards * CURVE_STEPS, fields, 4, &table));
  for (size_t u = 0; u < units; u++)
    for (size_t a = 0; a < run->standards; a++)
      for (size_t s = 0; s < CURVE_STEPS; s++, n++) {
        const access_figures *f = &kept[u * run->standards + a];
        table->column[0].text[n] = unit_id(run, u);
        table->column[1].text[n] = run->answer[a].variant;
        table->column[2].real[n] = run->answer[a].max * (double)s / CURVE_TENTHS;
        table->column[3].real[n] = f->curve[s];
      }
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .title = {"Andel efter afstand", "Andel efter avstånd", "Share by distance"},
                                         .summary = {"Andel af de vurderede inden for hver afstand",
                                                     "Andel av de bedömda inom varje avstånd",
                                                     "Share of the assessed within each distance"}});
}

enum { WORST = 10 };

typedef struct far_home {
  double metres; /* INFINITY = reaches nothing */
  size_t home;
} far_home;

static bool farther(const far_home *a, const far_home *b) {
  return a->metres > b->metres || (a->metres == b->metres && a->home < b->home);
}

/* Puts a home among the farthest so far, in order. Returns how many they are now. */
static size_t keep_far(far_home far[WORST], size_t count, far_home home) {
  if (count == WORST && !farther(&home, &far[WORST - 1])) return count;
  size_t at = count < WORST ? count++ : WORST - 1;
  for (; at > 0 && farther(&home, &far[at - 1]); at--) far[at] = far[at - 1];
  far[at] = home;
  return count;
}

static const sund_field worst_fields[] = {
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    {"rank", SUND_INT, NULL, {"nummer", "nummer", "rank"}, NULL},
    {"home_id", SUND_TEXT, NULL, {"hjem", "hem", "home"}, NULL},
    {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL},
    {"dist_m", SUND_REAL, "m", {"afstand", "avstånd", "distance"}, NULL},
};
static const sund_class worst_classes[] = {{0, 0, NULL, "#c92a2a", {"længst væk", "längst bort", "farthest away"}}};

/* Of the homes of a unit that live too far those that live farthest; those that reach nothing come first. */
static sund_code worst_of(sund_ctx *ctx, access_run *run, size_t u, size_t a, sund_table *table, size_t *n) {
  const access_answer *answer = &run->answer[a];
  const double *metres = answer->target->by[answer->way].metres;
  far_home far[WORST];
  size_t count = 0;
  for (size_t k = run->first[u]; k < run->first[u + 1]; k++) {
    size_t i = run->list[k];
    if (answer->met[i] == 0 && run->homes->persons[i] > 0)
      count = keep_far(far, count, (far_home){isnan(metres[i]) ? INFINITY : metres[i], i});
  }
  for (size_t k = 0; k < count; k++, ++*n) {
    size_t i = far[k].home;
    table->column[0].text[*n] = answer->variant;
    table->column[1].text[*n] = unit_id(run, u);
    table->column[2].integer[*n] = (int64_t)k + 1;
    table->column[3].text[*n] = access_home_id(ctx, run, i);
    table->column[4].real[*n] = run->homes->persons[i];
    table->column[5].real[*n] = isinf(far[k].metres) ? NAN : far[k].metres;
    table->x[*n] = run->homes->x[i], table->y[*n] = run->homes->y[i];
  }
  return SUND_OK;
}

static sund_code worst_layer(sund_ctx *ctx, access_run *run) {
  size_t units = units_count(run->in), n = 0;
  sund_table *table;
  sund_style *style;
  if (run->way == BY_TABLE) return SUND_OK;
  TRY(sund_table_new(ctx, "access_worst", SUND_POINT, units * run->standards * WORST, worst_fields, 6, &table));
  for (size_t u = 0; u < units; u++)
    for (size_t a = 0; a < run->standards; a++) TRY(worst_of(ctx, run, u, a, table, &n));
  table->rows = n;
  TRY(access_styled(ctx, NULL, false, worst_classes, 1, &style));
  style->size_mm = 2.2;
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .style = style,
                   .indexed = true,
                   .title = {"Længst fra natur", "Längst från natur", "Farthest from nature"},
                   .summary = {"De ti hjem pr. område og standard der bor længst for langt væk",
                               "De tio hem per område och standard som ligger längst för långt bort",
                               "Of the homes too far away the ten of every area and standard "
                               "that lie farthest"}});
}

/* --------------------------------------------------------------------------------------------------- standards */

static const sund_field standard_columns[] = {
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"title", SUND_TEXT, NULL, {"titel", "titel", "title"}, NULL},
    {"source", SUND_TEXT, NULL, {"kilde", "källa", "source"}, NULL},
    {"kinds", SUND_TEXT, NULL, {"slags", "slag", "kinds"}, NULL},
    {"access", SUND_TEXT, NULL, {"adgang", "tillträde", "access"}, NULL},
    {"min_ha", SUND_REAL, "ha", {"mindste areal", "minsta areal", "smallest area"}, NULL},
    {"max_m", SUND_REAL, "m", {"største afstand", "största avstånd", "largest distance"}, NULL},
    {"distance", SUND_TEXT, NULL, {"afstand", "avstånd", "distance"}, NULL},
    {"snap_limit_m", SUND_REAL, "m", {"længste vej til sti", "längsta väg till stig", "farthest to a path"}, NULL},
    {"method", SUND_TEXT, NULL, {"metode", "metod", "method"}, NULL},
    {"title_da", SUND_TEXT, NULL, {"titel på dansk", "titel på danska", "title in Danish"}, NULL},
    {"title_sv", SUND_TEXT, NULL, {"titel på svensk", "titel på svenska", "title in Swedish"}, NULL},
};

/* Words of a column's choices whose bits are set. */
static const char *words_of(sund_ctx *ctx, const access_run *run, const char *column, uint32_t bits) {
  const sund_column *c = sund_table_column(run->in->role[SUND_GREEN], column);
  const sund_choice *choices = c ? c->field.choices : NULL;
  const char *text = "";
  for (uint32_t k = 0; text && choices && choices[k].value; k++)
    if (bits >> k & 1) text = sund_text(ctx, "%s%s%s", text, *text ? ", " : "", choices[k].value);
  return text;
}

static sund_code standards_table(sund_ctx *ctx, access_run *run) {
  static const char *const way_name[WAYS] = {"straight", "land", "network", "table"};
  enum { COLUMNS = sizeof standard_columns / sizeof *standard_columns };
  sund_table *table;
  TRY(sund_table_new(ctx, "access_standards", SUND_NONE, run->standards, standard_columns, COLUMNS, &table));
  for (size_t a = 0; a < run->standards; a++) {
    const access_answer *answer = &run->answer[a];
    const sund_standard *s = answer->standard;
    const char *text[COLUMNS] = {s->name,
                                 s->title[SUND_EN],
                                 s->source,
                                 words_of(ctx, run, "kind", s->kinds),
                                 words_of(ctx, run, "access", s->access),
                                 NULL,
                                 NULL,
                                 way_name[answer->way],
                                 NULL,
                                 access_method(ctx, run, answer),
                                 s->title[SUND_DA],
                                 s->title[SUND_SV]};
    if (!text[3] || !text[4] || !text[9]) return SUND_LIMIT;
    for (size_t c = 0; c < COLUMNS; c++)
      if (table->column[c].text) table->column[c].text[a] = text[c];
    table->column[5].real[a] = s->min_ha;
    table->column[6].real[a] = access_reach_m(s, run->options);
    table->column[8].real[a] = run->way == BY_NETWORK || run->way == BY_LAND ? run->options->snap_limit_m : NAN;
  }
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .title = {"Standarder", "Standarder", "Standards"},
                   .summary = {"Hvad der blev spurgt om", "Vad som frågades", "What was asked"}});
}

sund_code access_tables(sund_ctx *ctx, access_run *run, const access_figures *kept) {
  TRY(worst_layer(ctx, run));
  TRY(curve_table(ctx, run, kept));
  return standards_table(ctx, run);
}
