/* access_report.c - what `access` gives back: indicators per area and standard, and the layers access_homes,
 * access_areas, green_areas, green_entrances.
 */
#include <math.h>
#include <string.h>

#include "access.h"

/* ------------------------------------------------------------------------------------------------- indicators */

/* Figures of one unit and one distance. */
typedef struct figures {
  double persons, assessed, met, share, median, d90;
} figures;

/* Quantiles count homes that reach nothing as infinitely far; a quantile that falls on one of them is unknown. */
static sund_code distance_quantile(sund_ctx *ctx, size_t n, const double *dist, const double *weight, double share,
                                   double *out) {
  TRY(sund_quantile(ctx, n, dist, weight, share, out));
  if (isinf(*out)) *out = NAN;
  return SUND_OK;
}

/* Figures over the homes list[0..n). met NULL: judged here against max_m, everybody assessed. */
static sund_code figure(sund_ctx *ctx, const access_run *run, const access_answer *answer, bool straight, size_t n,
                        const size_t *list, figures *out) {
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  const double *dist = straight ? answer->target->straight_m : answer->dist_m;
  double *value = sund_alloc(scratch, n, sizeof *value), *weight = sund_alloc(scratch, n, sizeof *weight);
  double *met = sund_alloc(scratch, n, sizeof *met), *all = sund_alloc(scratch, n, sizeof *all);
  sund_code code = sund_failure(scratch, NULL, NULL, NULL);
  if (code == SUND_OK) {
    for (size_t k = 0; k < n; k++) {
      size_t i = list[k];
      bool yes = straight ? dist[i] <= answer->max_m : answer->met[i] == 1;
      bool assessed = straight || answer->met[i] != SUND_NULL_INT;
      all[k] = run->homes->persons[i];
      weight[k] = assessed ? all[k] : 0;
      met[k] = yes ? all[k] : 0;
      value[k] = isnan(dist[i]) ? INFINITY : dist[i];
    }
    *out = (figures){.persons = sund_sum(n, all), .assessed = sund_sum(n, weight), .met = sund_sum(n, met)};
    out->share = out->assessed > 0 ? 100 * out->met / out->assessed : NAN;
    code = distance_quantile(scratch, n, value, weight, 0.5, &out->median);
    if (code == SUND_OK) code = distance_quantile(scratch, n, value, weight, 0.9, &out->d90);
  }
  sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return code;
}

static sund_code add(sund_ctx *ctx, access_run *run, size_t unit, const char *indicator, const char *variant,
                     double value, const char *unit_name, double base, const char *method) {
  return sund_results_indicator(ctx, run->out,
                                (sund_indicator){indicator, variant, units_area(run->in, unit), value, unit_name, NAN,
                                                 NAN, base, isnan(base) ? NULL : "persons", method});
}

/* The share's interval: as if none, and as if all of the unassessed lived near enough. */
static sund_code add_share(sund_ctx *ctx, access_run *run, size_t unit, const char *variant, const figures *f,
                           const char *method) {
  double low = 100 * f->met / f->persons, high = 100 * (f->met + f->persons - f->assessed) / f->persons;
  return sund_results_indicator(ctx, run->out,
                                (sund_indicator){"access.share", variant, units_area(run->in, unit), f->share, "%",
                                                 low, high, f->assessed, "persons", method});
}

static sund_code add_figures(sund_ctx *ctx, access_run *run, size_t unit, const char *variant, const figures *f,
                             const char *method) {
  TRY(add_share(ctx, run, unit, variant, f, method));
  TRY(add(ctx, run, unit, "access.persons", variant, f->met, "persons", f->assessed, method));
  TRY(add(ctx, run, unit, "access.unassessed", variant, f->persons - f->assessed, "persons", f->persons, method));
  TRY(add(ctx, run, unit, "access.median", variant, f->median, "m", f->assessed, method));
  return add(ctx, run, unit, "access.d90", variant, f->d90, "m", f->assessed, method);
}

static const char *method_id(const access_run *run) {
  if (!run->network) return "access-straight/1";
  return strcmp(run->options->match, "nodes") == 0 ? "access-nodes/1" : "access-network/1";
}

/* All figures, unit by unit; kept: units x answers, for the layer access_areas. */
static sund_code indicators(sund_ctx *ctx, access_run *run, const size_t *first, const size_t *list, figures *kept) {
  for (size_t u = 0; u < units_count(run->in); u++) {
    size_t n = first[u + 1] - first[u];
    double persons = 0;
    for (size_t a = 0; a < run->answers; a++) {
      const access_answer *answer = &run->answer[a];
      figures *f = &kept[u * run->answers + a], straight;
      TRY(figure(ctx, run, answer, false, n, list + first[u], f));
      TRY(add_figures(ctx, run, u, answer->standard->name, f, method_id(run)));
      persons = f->persons;
      if (!run->network) continue;
      const char *variant = sund_text(ctx, "%s/straight", answer->standard->name);
      if (!variant) return SUND_LIMIT;
      TRY(figure(ctx, run, answer, true, n, list + first[u], &straight));
      TRY(add_figures(ctx, run, u, variant, &straight, "access-straight/1"));
    }
    TRY(add(ctx, run, u, "area.persons", "", persons, "persons", NAN,
            run->homes->spread ? "persons-spread/1" : "persons/1"));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------ layers */

static const sund_choice status_choices[] = {
    {"ok", {"vurderet", "bedömd", "assessed"}},
    {"unreached", {"intet grønt kan nås", "inget grönt kan nås", "no green can be reached"}},
    {"unassessed", {"ikke vurderet", "ej bedömd", "not assessed"}},
    {NULL, {NULL, NULL, NULL}},
};
static const char *const reason_value[] = {NULL, "no-path", "green-data-end", "path-data-end"};
static const sund_choice reason_choices[] = {
    {"no-path", {"ingen sti nær nok", "ingen stig nära nog", "no path near enough"}},
    {"green-data-end",
     {"grønne data ender nærmere end noget grønt", "gröna data slutar närmare än något grönt",
      "green data end nearer than any green"}},
    {"path-data-end",
     {"stidata ender før det nærmeste grønne", "stigdata slutar före närmaste gröna",
      "path data end before the nearest green"}},
    {NULL, {NULL, NULL, NULL}},
};
static const sund_choice yes_no[] = {
    {"0", {"nej", "nej", "no"}}, {"1", {"ja", "ja", "yes"}}, {NULL, {NULL, NULL, NULL}}};
static const sund_choice rule_choices[] = {
    {"crossing", {"sti møder kanten", "stig möter kanten", "a path meets the boundary"}},
    {"near", {"kant nær sti", "kant nära stig", "boundary near a path"}},
    {"mapped", {"kortlagt indgang", "kartlagd entré", "mapped gate"}},
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
static const sund_field area_fields[] = {
    {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    {"area_name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
    {"country", SUND_TEXT, NULL, {"land", "land", "country"}, NULL},
    {"level", SUND_TEXT, NULL, {"niveau", "nivå", "level"}, NULL},
    {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL},
};
static const sund_field entrance_fields[] = {
    {"green_id", SUND_TEXT, NULL, {"grønt område", "grönområde", "green area"}, NULL},
    {"rule", SUND_TEXT, NULL, {"regel", "regel", "rule"}, rule_choices},
    {"leg_m", SUND_REAL, "m", {"fra sti til indgang", "från stig till entré", "from path to entrance"}, NULL},
};

enum {
  HOME_FIELDS = sizeof home_fields / sizeof *home_fields,
  AREA_FIELDS = sizeof area_fields / sizeof *area_fields
};

/* "who_05_dist_m" from "who-05" and "dist_m". */
static const char *column_name(sund_ctx *ctx, const char *standard, const char *what) {
  char *name = sund_text(ctx, "%s_%s", standard, what);
  for (char *c = name; c && *c; c++)
    if (*c == '-') *c = '_';
  return name;
}

static sund_code standard_field(sund_ctx *ctx, const sund_standard *standard, const sund_field *pattern,
                                sund_field *out) {
  *out = *pattern;
  if (!(out->name = column_name(ctx, standard->name, pattern->name))) return SUND_LIMIT;
  for (int l = 0; l < 3; l++)
    if (!(out->label[l] = sund_text(ctx, "%s: %s", standard->name, pattern->label[l]))) return SUND_LIMIT;
  return SUND_OK;
}

/* `common` fields and then `each` for every standard. */
static sund_code standard_fields(sund_ctx *ctx, const access_run *run, size_t common_count, const sund_field *common,
                                 size_t each_count, const sund_field *each, sund_field **out) {
  sund_field *fields = sund_alloc(ctx, common_count + run->answers * each_count, sizeof *fields);
  if (!fields) return SUND_LIMIT;
  memcpy(fields, common, common_count * sizeof *fields);
  for (size_t a = 0; a < run->answers; a++)
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
static const sund_class kind_classes[] = {
    {0, 0, "forest", "#2b8a3e", {"skov", "skog", "forest"}},
    {0, 0, "park", "#82c91e", {"park", "park", "park"}},
    {0, 0, "meadow", "#c0d860", {"eng, hede, overdrev", "äng, hed, hage", "meadow, heath, pasture"}},
    {0, 0, "wetland", "#66a8a0", {"vådområde", "våtmark", "wetland"}},
    {0, 0, "beach", "#f2d98b", {"strand, klit", "strand, dyn", "beach, dune"}},
    {0, 0, "lake", "#74b4e0", {"sø, vandløb", "sjö, vattendrag", "lake, stream"}},
    {0, 0, "sports", "#a5d8a0", {"idrætsanlæg", "idrottsanläggning", "sports ground"}},
    {0, 0, "allotment", "#b8c98a", {"kolonihaver", "koloniområde", "allotment gardens"}},
    {0, 0, "cemetery", "#8fae8b", {"kirkegård", "kyrkogård", "cemetery"}},
    {0, 0, "playground", "#ffa94d", {"legeplads", "lekplats", "playground"}},
    {0, 0, "protected", "#5c940d", {"fredet eller beskyttet", "skyddad natur", "protected nature"}},
    {0, 0, NULL, "#a8b89a", {"andet grønt", "annan grönyta", "other green"}},
};
static const sund_class rule_classes[] = {
    {0, 0, "crossing", "#1c7ed6", {"sti møder kanten", "stig möter kanten", "a path meets the boundary"}},
    {0, 0, "near", "#e8590c", {"kant nær sti", "kant nära stig", "boundary near a path"}},
    {0, 0, "mapped", "#5f3dc4", {"kortlagt indgang", "kartlagd entré", "mapped gate"}},
};

static sund_code styled(sund_ctx *ctx, const char *column, bool graduated, const sund_class *classes, size_t count,
                        sund_style **out) {
  if (!(*out = sund_alloc(ctx, 1, sizeof **out))) return SUND_LIMIT;
  **out = (sund_style){.column = column, .graduated = graduated, .classes = classes, .count = count};
  return SUND_OK;
}

/* Ids of homes and areas as text: the id column, or the feature id. */
static const char *row_id(sund_ctx *ctx, const sund_table *table, size_t row) {
  const char **id = sund_table_text(table, "id");
  if (id && id[row]) return id[row];
  return table->feature ? sund_text(ctx, "%lld", (long long)table->feature[row]) : sund_text(ctx, "%zu", row + 1);
}

static const char *home_status(const access_run *run, size_t i) {
  bool assessed = false, reached = false;
  for (size_t a = 0; a < run->answers; a++) {
    assessed = assessed || run->answer[a].met[i] != SUND_NULL_INT;
    reached = reached || !isnan(run->answer[a].dist_m[i]);
  }
  return !assessed ? "unassessed" : reached ? "ok" : "unreached";
}

static sund_code fill_homes(sund_ctx *ctx, const access_run *run, sund_table *table) {
  const homes *h = run->homes;
  const sund_table *areas = run->in->role[SUND_AREAS];
  const char **area_id = areas ? sund_table_text(areas, "id") : NULL;
  for (size_t i = 0; i < h->count; i++) {
    if (!(table->column[0].text[i] = row_id(ctx, run->in->role[SUND_HOMES], h->row[i]))) return SUND_LIMIT;
    size_t area = h->area[0][i];
    for (size_t l = 1; area == SIZE_MAX && l < h->levels; l++) area = h->area[l][i];
    table->column[1].text[i] = !areas ? "all" : area_id[area];
    table->column[2].real[i] = h->persons[i];
    table->column[3].integer[i] = h->piece[i];
    table->column[4].text[i] = home_status(run, i);
    table->column[5].text[i] = reason_value[run->reason[i]];
    table->x[i] = h->x[i], table->y[i] = h->y[i];
  }
  return SUND_OK;
}

static sund_code homes_layer(sund_ctx *ctx, access_run *run) {
  static const sund_field each[] = {
      {"dist_m", SUND_REAL, "m", {"afstand", "avstånd", "distance"}, NULL},
      {"met", SUND_INT, NULL, {"opfyldt", "uppfyllt", "met"}, yes_no},
      {"straight_m", SUND_REAL, "m", {"lige linje", "fågelvägen", "straight line"}, NULL},
  };
  size_t each_count = run->network ? 3 : 2, count = run->homes->count;
  sund_field *fields;
  sund_table *table;
  sund_style *style;
  TRY(standard_fields(ctx, run, HOME_FIELDS, home_fields, each_count, each, &fields));
  TRY(sund_table_new(ctx, "access_homes", SUND_POINT, count, fields, HOME_FIELDS + run->answers * each_count,
                     &table));
  TRY(fill_homes(ctx, run, table));
  for (size_t a = 0; a < run->answers; a++) {
    const access_answer *answer = &run->answer[a];
    sund_column *column = &table->column[HOME_FIELDS + a * each_count];
    for (size_t i = 0; i < count; i++) {
      bool known = answer->met[i] != SUND_NULL_INT;
      column[0].real[i] = known ? answer->dist_m[i] : NAN;
      column[1].integer[i] = answer->met[i];
      if (run->network) column[2].real[i] = answer->target->straight_m[i];
    }
  }
  TRY(styled(ctx, fields[HOME_FIELDS + 1].name, false, met_classes, 3, &style));
  style->size_mm = 1.4;
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .style = style,
                                         .indexed = true,
                                         .title = {"Hjem og afstand til natur", "Hem och avstånd till natur",
                                                   "Homes and distance to nature"},
                                         .summary = {"Et punkt pr. hjem, eller pr. stykke af en spredt celle",
                                                     "En punkt per hem, eller per bit av en spridd ruta",
                                                     "One point per home, or per piece of a spread cell"}});
}

static sund_code areas_layer(sund_ctx *ctx, access_run *run, const figures *kept) {
  static const sund_field each[] = {
      {"share_pct", SUND_REAL, "%", {"andel", "andel", "share"}, NULL},
      {"persons", SUND_REAL, "persons", {"personer nær nok", "personer nära nog", "persons near enough"}, NULL},
      {"median_m", SUND_REAL, "m", {"medianafstand", "medianavstånd", "median distance"}, NULL},
      {"d90_m", SUND_REAL, "m", {"afstand for 90 %", "avstånd för 90 %", "distance within which 90 % live"}, NULL},
  };
  const sund_table *areas = run->in->role[SUND_AREAS];
  size_t units = units_count(run->in);
  sund_field *fields;
  sund_table *table;
  sund_style *style;
  TRY(standard_fields(ctx, run, AREA_FIELDS, area_fields, 4, each, &fields));
  TRY(sund_table_new(ctx, "access_areas", areas ? SUND_AREA : SUND_NONE, units, fields,
                     AREA_FIELDS + 4 * run->answers, &table));
  if (areas) table->shapes = areas->shapes;
  for (size_t u = 0; u < units; u++) {
    for (size_t k = 0; k < 4; k++) {
      static const char *const from[] = {"id", "name", "country", "level"};
      const char **text = areas ? sund_table_text(areas, from[k]) : NULL;
      table->column[k].text[u] = text ? text[u] : k < 2 ? "all" : NULL;
    }
    table->column[4].real[u] = run->answers ? kept[u * run->answers].persons : NAN;
    for (size_t a = 0; a < run->answers; a++) {
      const figures *f = &kept[u * run->answers + a];
      sund_column *column = &table->column[AREA_FIELDS + 4 * a];
      column[0].real[u] = f->share, column[1].real[u] = f->met;
      column[2].real[u] = f->median, column[3].real[u] = f->d90;
    }
  }
  TRY(styled(ctx, fields[AREA_FIELDS].name, true, share_classes, 5, &style));
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

/* Kind of every merged area: that of most of its parcels' area. */
static sund_code merged_kinds(sund_ctx *ctx, const access_run *run, const char **kind, const char **access,
                              const char **name) {
  const sund_table *green = run->in->role[SUND_GREEN];
  const green_set *set = run->all;
  const char **kinds = sund_table_text(green, "kind"), **classes = sund_table_text(green, "access"),
             **names = sund_table_text(green, "name");
  double *best = sund_alloc(ctx, set->rows, sizeof *best), *size = sund_alloc(ctx, green->rows, sizeof *size);
  if (!best || !size) return SUND_LIMIT;
  if (green->shapes) TRY(sund_geodesic_measure(ctx, run->in->crs, green->shapes, size));
  for (size_t r = 0; r < green->rows; r++) {
    size_t m = set->merged_of[r];
    if (m == SIZE_MAX) continue;
    if (classes) access[m] = classes[r];
    if (kind[m] && size[r] <= best[m]) continue; /* the largest parcel gives its kind and name */
    best[m] = size[r];
    kind[m] = kinds ? kinds[r] : "other";
    name[m] = names ? names[r] : NULL;
  }
  return SUND_OK;
}

static sund_code green_layer(sund_ctx *ctx, access_run *run) {
  const green_set *set = run->all;
  const sund_table *green = run->in->role[SUND_GREEN];
  const sund_column *kind = sund_table_column(green, "kind"), *access = sund_table_column(green, "access");
  const sund_field fields[] = {
      {"green_id", SUND_TEXT, NULL, {"grønt område", "grönområde", "green area"}, NULL},
      {"kind", SUND_TEXT, NULL, {"slags", "slag", "kind"}, kind ? kind->field.choices : NULL},
      {"access", SUND_TEXT, NULL, {"adgang", "tillträde", "access"}, access ? access->field.choices : NULL},
      {"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
      {"area_ha", SUND_REAL, "ha", {"areal", "areal", "area"}, NULL},
  };
  sund_table *table;
  sund_style *style;
  TRY(sund_table_new(ctx, "green_areas", set->shapes ? SUND_AREA : SUND_POINT, set->rows, fields, 5, &table));
  if (set->shapes) table->shapes = set->shapes;
  else memcpy(table->x, set->x, set->rows * sizeof *set->x), memcpy(table->y, set->y, set->rows * sizeof *set->y);
  TRY(merged_kinds(ctx, run, table->column[1].text, table->column[2].text, table->column[3].text));
  for (size_t r = 0; r < set->rows; r++) {
    if (!(table->column[0].text[r] = sund_text(ctx, "g%zu", r + 1))) return SUND_LIMIT;
    table->column[4].real[r] = set->ha[r];
  }
  TRY(styled(ctx, "kind", false, kind_classes, sizeof kind_classes / sizeof *kind_classes, &style));
  style->opacity = 0.75, style->size_mm = 0.1;
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .style = style,
                                         .indexed = true,
                                         .multi = true,
                                         .title = {"Grønne områder", "Grönområden", "Green areas"},
                                         .summary = {"Sammenstødende arealer med samme adgang lagt sammen",
                                                     "Angränsande ytor med samma tillträde sammanslagna",
                                                     "Touching parcels of equal access merged"}});
}

static sund_code entrances_layer(sund_ctx *ctx, access_run *run) {
  static const char *const rule_name[] = {"crossing", "near", "mapped"};
  const sund_entrances *e = run->entrances;
  sund_table *table;
  sund_style *style;
  if (!e || e->count == 0) return SUND_OK;
  TRY(sund_table_new(ctx, "green_entrances", SUND_POINT, e->count, entrance_fields, 3, &table));
  for (size_t i = 0; i < e->count; i++) {
    if (!(table->column[0].text[i] = sund_text(ctx, "g%zu", e->area[i] + 1))) return SUND_LIMIT;
    table->column[1].text[i] = rule_name[e->rule[i]];
    table->column[2].real[i] = e->spot[i].edge == SUND_NO_EDGE ? NAN : e->spot[i].leg_m;
    table->x[i] = e->x[i], table->y[i] = e->y[i];
  }
  TRY(styled(ctx, "rule", false, rule_classes, 3, &style));
  style->size_mm = 1.2;
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .style = style,
                   .indexed = true,
                   .title = {"Indgange til grønne områder", "Entréer till grönområden", "Entrances to green areas"},
                   .summary = {"Hvor gangnettet møder det grønne", "Där gångnätet möter det gröna",
                               "Where the walk network meets the green"}});
}

sund_code access_report(sund_ctx *ctx, access_run *run) {
  size_t *first, *list;
  TRY(homes_by_area(ctx, run->in, run->homes, &first, &list));
  figures *kept = sund_alloc(ctx, units_count(run->in) * run->answers, sizeof *kept);
  if (!kept) return SUND_LIMIT;
  TRY(indicators(ctx, run, first, list, kept));
  TRY(areas_layer(ctx, run, kept));
  TRY(green_layer(ctx, run));
  TRY(entrances_layer(ctx, run));
  return homes_layer(ctx, run);
}
