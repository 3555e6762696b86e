/* access_report.c - what `access` gives back about people: access_homes, access_areas, and the figures. */
#include <math.h>
#include <string.h>

#include "access.h"

static const sund_choice status_choices[] = {
    {"ok", {"vurderet", "bedömd", "assessed"}},
    {"unreached", {"intet grønt kan nås", "inget grönt kan nås", "no green can be reached"}},
    {"unassessed", {"ikke vurderet", "ej bedömd", "not assessed"}},
    {NULL, {NULL, NULL, NULL}},
};
static const char *const reason_value[REASONS] = {
    NULL, "no-path", "no-land", "green-data-end", "path-data-end", "land-data-end"};
static const sund_choice reason_choices[] = {
    {"no-path", {"ingen sti nær nok", "ingen stig nära nog", "no path near enough"}},
    {"no-land", {"i vandet, langt fra land", "i vattnet, långt från land", "in the water, far from land"}},
    {"green-data-end",
     {"grønne data ender nærmere end noget grønt", "gröna data slutar närmare än något grönt",
      "green data end nearer than any green"}},
    {"path-data-end",
     {"stidata ender før det nærmeste grønne", "stigdata slutar före närmaste gröna",
      "path data end before the nearest green"}},
    {"land-data-end",
     {"landdata ender før det nærmeste grønne", "landdata slutar före närmaste gröna",
      "land data end before the nearest green"}},
    {NULL, {NULL, NULL, NULL}},
};
static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};
static const sund_choice verdict_choices[] = {
    {"met", {"opfyldt", "uppfyllt", "met"}},
    {"not met", {"ikke opfyldt", "ej uppfyllt", "not met"}},
    {"undecided", {"uafgjort", "oavgjort", "undecided"}},
    {NULL, {NULL, NULL, NULL}},
};

static const sund_field home_fields[] = {
    {"home_id", SUND_TEXT, NULL, {"hjem", "hem", "home"}, NULL},
    {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL},
    {"piece", SUND_INT, NULL, {"stykke af spredt celle", "bit av spridd ruta", "piece of a spread cell"}, NULL},
    {"status", SUND_TEXT, NULL, {"status", "status", "status"}, status_choices},
    {"reason", SUND_TEXT, NULL, {"årsag", "orsak", "reason"}, reason_choices},
};
enum { HOME_ID, HOME_AREA, HOME_PERSONS, HOME_PIECE, HOME_STATUS, HOME_REASON, HOME_FIELDS };
_Static_assert(HOME_FIELDS == sizeof home_fields / sizeof *home_fields, "a column without a name");

static const sund_field area_fields[] = {
    {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    {"area_name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
    {"country", SUND_TEXT, NULL, {"land", "land", "country"}, NULL},
    {"level", SUND_TEXT, NULL, {"niveau", "nivå", "level"}, NULL},
    {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL},
    {"survey_share_pct", SUND_REAL, "%", {"oplever, andel", "upplever, andel", "experience it, share"}, NULL},
    {"survey_low_pct", SUND_REAL, "%", {"oplever, nedre", "upplever, nedre", "experience it, low"}, NULL},
    {"survey_high_pct", SUND_REAL, "%", {"oplever, øvre", "upplever, övre", "experience it, high"}, NULL},
};
enum { AREA_TEXTS, AREA_PERSONS = 4, AREA_SURVEY, AREA_FIELDS = AREA_SURVEY + 3 };
_Static_assert(AREA_FIELDS == sizeof area_fields / sizeof *area_fields, "a column without a name");

/* "who_05_dist_m" from "who-05" and "dist_m". */
const char *access_column_name(sund_ctx *ctx, const char *standard, const char *what) {
  char *name = sund_text(ctx, "%s_%s", standard, what);
  for (char *c = name; c && *c; c++)
    if (*c == '-') *c = '_';
  return name;
}

static sund_code standard_field(sund_ctx *ctx, const sund_standard *standard, const sund_field *pattern,
                                sund_field *out) {
  *out = *pattern;
  if (!(out->name = access_column_name(ctx, standard->name, pattern->name))) return SUND_LIMIT;
  for (int l = 0; l < 3; l++)
    if (!(out->label[l] = sund_text(ctx, "%s: %s", standard->name, pattern->label[l]))) return SUND_LIMIT;
  return SUND_OK;
}

/* `common` fields and then `each` for every standard. */
sund_code access_standard_fields(sund_ctx *ctx, const access_run *run, size_t common_count, const sund_field *common,
                                 size_t each_count, const sund_field *each, sund_field **out) {
  sund_field *fields = sund_alloc(ctx, common_count + run->standards * each_count, sizeof *fields);
  if (!fields) return SUND_LIMIT;
  memcpy(fields, common, common_count * sizeof *fields);
  for (size_t a = 0; a < run->standards; a++)
    for (size_t k = 0; k < each_count; k++)
      TRY(standard_field(ctx, run->answer[a].standard, &each[k], &fields[common_count + a * each_count + k]));
  *out = fields;
  return SUND_OK;
}

static const sund_class share_classes[] = {
    {0, 50, NULL, "#b35806", {"under 50 %", "under 50 %", "below 50 %"}},
    {50, 70, NULL, "#f1a340", {"50–70 %", "50–70 %", "50–70 %"}},
    {70, 80, NULL, "#fee0b6", {"70–80 %", "70–80 %", "70–80 %"}},
    {80, 90, NULL, "#d9f0d3", {"80–90 %", "80–90 %", "80–90 %"}},
    {90, 100, NULL, "#1b7837", {"90 % og mere", "90 % och mer", "90 % and more"}},
};
static const sund_class met_classes[] = {
    {0, 0, "1", "#1b7837", {"nær nok", "nära nog", "near enough"}},
    {0, 0, "0", "#b35806", {"for langt", "för långt", "too far"}},
    {0, 0, NULL, "#969696", {"ikke vurderet", "ej bedömd", "not assessed"}},
};
sund_code access_styled(sund_ctx *ctx, const char *column, bool graduated, const sund_class *classes, size_t count,
                        sund_style **out) {
  if (!(*out = sund_alloc(ctx, 1, sizeof **out))) return SUND_LIMIT;
  **out = (sund_style){.column = column, .graduated = graduated, .classes = classes, .count = count};
  return SUND_OK;
}

const char *access_home_id(sund_ctx *ctx, const access_run *run, size_t home) {
  return homes_id(ctx, run->in, run->homes, home);
}

static const char *home_status(const access_run *run, size_t i) {
  bool assessed = false, reached = false;
  for (size_t a = 0; a < run->standards; a++) {
    const access_answer *answer = &run->answer[a];
    assessed = assessed || answer->met[i] >= 0;
    reached = reached || !isnan(answer->target->by[answer->way].metres[i]);
  }
  return !assessed ? "unassessed" : reached ? "ok" : "unreached";
}

static sund_code fill_homes(sund_ctx *ctx, const access_run *run, sund_table *table) {
  const homes *h = run->homes;
  for (size_t i = 0; i < h->count; i++) {
    if (!(table->column[HOME_ID].text[i] = access_home_id(ctx, run, i))) return SUND_LIMIT;
    table->column[HOME_AREA].text[i] = homes_area_id(run->in, h, i);
    table->column[HOME_PERSONS].real[i] = h->persons[i];
    table->column[HOME_PIECE].integer[i] = h->piece[i];
    table->column[HOME_STATUS].text[i] = home_status(run, i);
    table->column[HOME_REASON].text[i] = reason_value[run->reason[i]];
    if (table->x) table->x[i] = h->x[i], table->y[i] = h->y[i]; /* homes may be a table without geometry */
  }
  return SUND_OK;
}

/* Columns of every standard in access_homes. */
static const sund_field each_home[] = {
    {"dist_m", SUND_REAL, "m", {"afstand", "avstånd", "distance"}, NULL},
    {"met", SUND_INT, NULL, {"opfyldt", "uppfyllt", "met"}, yes_no},
    {"next_m", SUND_REAL, "m", {"til det næste område", "till nästa område", "to the next area"}, NULL},
    {"green", SUND_TEXT, NULL, {"nærmeste grønne område", "närmaste grönområde", "nearest green area"}, NULL},
    {"kinds",
     SUND_INT,
     NULL,
     {"slags grønt inden for afstanden", "slags grönt inom avståndet", "kinds of green in reach"},
     NULL},
    {"straight_m", SUND_REAL, "m", {"lige linje", "fågelvägen", "straight line"}, NULL},
    {"entrance", SUND_INT, NULL, {"indgang", "entré", "entrance"}, NULL},
    {"minutes", SUND_REAL, "min", {"minutter", "minuter", "minutes"}, NULL},
};
enum {
  EACH_DIST,
  EACH_MET,
  EACH_NEXT,
  EACH_GREEN,
  EACH_KINDS,
  EACH_ALWAYS,
  EACH_STRAIGHT = EACH_ALWAYS,
  EACH_ENTRANCE,
  EACH_MINUTES,
  EACH_ALL
};
_Static_assert(EACH_ALL == sizeof each_home / sizeof *each_home, "a column without a name");

/* Those that mean something in this run. */
static size_t choose_each(const access_run *run, size_t which[EACH_ALL]) {
  size_t count = 0;
  bool minutes = run->way == BY_TABLE && run->od->minutes;
  for (size_t k = 0; k < EACH_ALWAYS; k++) which[count++] = k;
  if (run->way == BY_NETWORK || run->way == BY_LAND) which[count++] = EACH_STRAIGHT;
  if (run->way == BY_NETWORK) which[count++] = EACH_ENTRANCE;
  if (minutes) which[count++] = EACH_MINUTES;
  return count;
}

/* Ids of all rows of a set: many homes share one. */
static sund_code green_ids(sund_ctx *ctx, const access_run *run, const green_set *set, const char ***out) {
  if (!(*out = sund_alloc(ctx, set->rows, sizeof **out))) return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++)
    if (!((*out)[r] = access_green_id(ctx, run, set, r))) return SUND_LIMIT;
  return SUND_OK;
}

static sund_code fill_each(sund_ctx *ctx, const access_run *run, size_t a, size_t what, sund_column *column) {
  const access_answer *answer = &run->answer[a];
  const access_target *target = answer->target;
  const access_reach *reach = &target->by[answer->way];
  const char **green_id = NULL;
  bool minutes = run->way == BY_TABLE && run->od->minutes;
  if (what == EACH_GREEN) TRY(green_ids(ctx, run, target->set, &green_id));
  for (size_t i = 0; i < run->homes->count; i++) {
    bool known = answer->met[i] >= 0;
    switch (what) {
      case EACH_DIST:
        column->real[i] = known && !minutes ? reach->metres[i] : NAN;
        break;
      case EACH_MINUTES:
        column->real[i] = known ? reach->metres[i] : NAN;
        break;
      case EACH_MET:
        column->integer[i] = known ? answer->met[i] : SUND_NULL_INT;
        break;
      case EACH_NEXT:
        column->real[i] = known && !minutes ? reach->next_m[i] : NAN;
        break;
      case EACH_KINDS:
        column->integer[i] = run->kinds && known ? run->kinds[a][i] : SUND_NULL_INT;
        break;
      case EACH_STRAIGHT:
        column->real[i] = target->by[BY_STRAIGHT].metres[i];
        break;
      case EACH_ENTRANCE:
        if (known && reach->entrance[i] != SIZE_MAX)
          column->integer[i] = (int64_t)(target->set->first_entrance + reach->entrance[i] + 1);
        break;
      default:
        if (known && reach->row[i] != SIZE_MAX) column->text[i] = green_id[reach->row[i]];
    }
  }
  return SUND_OK;
}

/* Fields of access_homes: common ones, those of every standard, those of the measures. */
static sund_code home_columns(sund_ctx *ctx, const access_run *run, size_t each_count, const size_t *which,
                              sund_field **out) {
  sund_field each[EACH_ALL], *fields, *all;
  size_t count = HOME_FIELDS + run->standards * each_count;
  for (size_t k = 0; k < each_count; k++) each[k] = each_home[which[k]];
  TRY(access_standard_fields(ctx, run, HOME_FIELDS, home_fields, each_count, each, &fields));
  if (!(all = sund_alloc(ctx, count + run->columns->count, sizeof *all))) return SUND_LIMIT;
  memcpy(all, fields, count * sizeof *all);
  if (run->columns->count) memcpy(all + count, run->columns->field, run->columns->count * sizeof *all);
  *out = all;
  return SUND_OK;
}

static sund_code homes_layer(sund_ctx *ctx, access_run *run) {
  size_t which[EACH_ALL], each_count = choose_each(run, which), count = run->homes->count;
  size_t own = HOME_FIELDS + run->standards * each_count;
  bool placed = run->in->role[SUND_HOMES]->kind != SUND_NONE;
  sund_field *fields;
  sund_table *table;
  sund_style *style;
  TRY(home_columns(ctx, run, each_count, which, &fields));
  TRY(sund_table_new(ctx, "access_homes", placed ? SUND_POINT : SUND_NONE, count, fields, own + run->columns->count,
                     &table));
  TRY(fill_homes(ctx, run, table));
  for (size_t a = 0; a < run->standards; a++)
    for (size_t k = 0; k < each_count; k++)
      TRY(fill_each(ctx, run, a, which[k], &table->column[HOME_FIELDS + a * each_count + k]));
  for (size_t c = 0; c < run->columns->count; c++)
    memcpy(table->column[own + c].real, run->columns->value[c], count * sizeof(double));
  TRY(access_styled(ctx, fields[HOME_FIELDS + EACH_MET].name, false, met_classes, 3, &style));
  style->size_mm = 1.4;
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .style = placed ? style : NULL,
                                         .indexed = placed,
                                         .title = {"Hjem og afstand til natur", "Hem och avstånd till natur",
                                                   "Homes and distance to nature"},
                                         .summary = {"Et punkt pr. hjem, eller pr. stykke af en spredt celle",
                                                     "En punkt per hem, eller per bit av en spridd ruta",
                                                     "One point per home, or per piece of a spread cell"}});
}

/* Columns of every standard in access_areas. */
static const sund_field each_area[] = {
    {"share_pct", SUND_REAL, "%", {"andel", "andel", "share"}, NULL},
    {"persons", SUND_REAL, "persons", {"personer nær nok", "personer nära nog", "persons near enough"}, NULL},
    {"median_m", SUND_REAL, "m", {"medianafstand", "medianavstånd", "median distance"}, NULL},
    {"d90_m", SUND_REAL, "m", {"afstand for 90 %", "avstånd för 90 %", "distance within which 90 % live"}, NULL},
    {"low_pct", SUND_REAL, "%", {"andel, nedre", "andel, nedre", "share, low"}, NULL},
    {"high_pct", SUND_REAL, "%", {"andel, øvre", "andel, övre", "share, high"}, NULL},
    {"verdict", SUND_TEXT, NULL, {"dom", "dom", "verdict"}, verdict_choices},
};
enum { EACH_AREA = sizeof each_area / sizeof *each_area };

/* Share, persons ... of a unit and a standard. */
static void fill_area(const access_run *run, size_t u, const access_figures *f, sund_column *column) {
  bool minutes = run->way == BY_TABLE && run->od->minutes;
  column[0].real[u] = f->share, column[1].real[u] = f->met;
  column[2].real[u] = minutes ? NAN : f->median_m, column[3].real[u] = minutes ? NAN : f->d90_m;
  column[4].real[u] = f->low, column[5].real[u] = f->high;
  column[6].text[u] = f->verdict;
}

/* The first survey of every unit. */
static void fill_surveys(const access_run *run, sund_table *table) {
  for (size_t i = run->out->indicators; i-- > 0;) {
    const sund_indicator *row = &run->out->indicator[i];
    if (strcmp(row->indicator, "access.experienced") != 0) continue;
    size_t u = row->area == SIZE_MAX ? 0 : row->area;
    table->column[AREA_SURVEY].real[u] = row->value;
    table->column[AREA_SURVEY + 1].real[u] = row->low, table->column[AREA_SURVEY + 2].real[u] = row->high;
  }
}

static sund_code areas_layer(sund_ctx *ctx, access_run *run, const access_figures *kept) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  size_t units = units_count(run->in);
  sund_field *fields;
  sund_table *table;
  sund_style *style;
  TRY(access_standard_fields(ctx, run, AREA_FIELDS, area_fields, EACH_AREA, each_area, &fields));
  TRY(sund_table_new(ctx, "access_areas", areas ? SUND_AREA : SUND_NONE, units, fields,
                     AREA_FIELDS + EACH_AREA * run->standards, &table));
  if (areas) table->shapes = areas->shapes;
  for (size_t u = 0; u < units; u++) {
    for (size_t k = 0; k < 4; k++) {
      static const char *const from[] = {"id", "name", "country", "level"};
      const char **text = areas ? sund_table_text(areas, from[k]) : NULL;
      table->column[AREA_TEXTS + k].text[u] = text ? text[u] : k < 2 ? "all" : NULL;
    }
    double persons = run->standards ? kept[u * run->standards].persons : NAN;
    table->column[AREA_PERSONS].real[u] = access_hidden(run, persons) ? NAN : persons;
    for (size_t a = 0; a < run->standards; a++)
      fill_area(run, u, &kept[u * run->standards + a], &table->column[AREA_FIELDS + EACH_AREA * a]);
  }
  fill_surveys(run, table);
  TRY(access_styled(ctx, fields[AREA_FIELDS].name, true, share_classes, 5, &style));
  style->opacity = 0.35, style->size_mm = 0.5, style->label_column = "area_name";
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .style = areas ? style : NULL,
                                         .indexed = areas != NULL,
                                         .multi = true,
                                         .title = {"Adgang til natur pr. område", "Tillgång till natur per område",
                                                   "Access to nature by area"},
                                         .summary = {"Et område pr. række, kun vurderede hjem tæller i andelen",
                                                     "Ett område per rad, bara bedömda hem räknas i andelen",
                                                     "One area per row; only assessed homes count in the share"}});
}

sund_code access_add_column(sund_ctx *ctx, access_run *run, sund_field field, const double *value) {
  access_columns *c = run->columns;
  size_t room = c->room;
  sund_field *fields = sund_grow(ctx, c->field, &room, c->count + 1, sizeof *fields);
  room = c->room;
  const double **values = sund_grow(ctx, c->value, &room, c->count + 1, sizeof *values);
  if (!fields || !values) return SUND_LIMIT;
  c->field = fields, c->value = values, c->room = room;
  c->field[c->count] = field, c->value[c->count++] = value;
  return SUND_OK;
}

sund_code access_report(sund_ctx *ctx, access_run *run) {
  access_figures *kept = sund_alloc(ctx, units_count(run->in) * run->standards, sizeof *kept);
  if (!kept) return SUND_LIMIT;
  TRY(access_figures_add(ctx, run, kept));
  TRY(access_survey(ctx, run, kept));
  for (size_t i = 0; i < run->later.indicators; i++) {
    const sund_indicator *row = &run->later.indicator[i];
    size_t u = row->area == SIZE_MAX ? 0 : row->area;
    if (!access_hidden(run, kept[u * run->standards].persons)) TRY(sund_results_indicator(ctx, run->out, *row));
  }
  TRY(areas_layer(ctx, run, kept));
  TRY(access_layers(ctx, run, kept));
  return homes_layer(ctx, run);
}
