/* access_report.c - the layers `access` gives back: access_homes, access_areas, green_areas, green_entrances. */
#include <math.h>
#include <string.h>

#include "access.h"

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
enum { HOME_ID, HOME_AREA, HOME_PERSONS, HOME_PIECE, HOME_STATUS, HOME_REASON, HOME_FIELDS };
_Static_assert(HOME_FIELDS == sizeof home_fields / sizeof *home_fields, "a column without a name");

static const sund_field area_fields[] = {
    {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    {"area_name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
    {"country", SUND_TEXT, NULL, {"land", "land", "country"}, NULL},
    {"level", SUND_TEXT, NULL, {"niveau", "nivå", "level"}, NULL},
    {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL},
};
enum { AREA_TEXTS, AREA_PERSONS = 4, AREA_FIELDS };
_Static_assert(AREA_FIELDS == sizeof area_fields / sizeof *area_fields, "a column without a name");

static const sund_field entrance_fields[] = {
    {"green_id", SUND_TEXT, NULL, {"grønt område", "grönområde", "green area"}, NULL},
    {"rule", SUND_TEXT, NULL, {"regel", "regel", "rule"}, rule_choices},
    {"leg_m", SUND_REAL, "m", {"fra sti til indgang", "från stig till entré", "from path to entrance"}, NULL},
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
    if (!(table->column[HOME_ID].text[i] = row_id(ctx, run->in->role[SUND_HOMES], h->row[i]))) return SUND_LIMIT;
    size_t area = h->area[0][i];
    for (size_t l = 1; area == SIZE_MAX && l < h->levels; l++) area = h->area[l][i];
    table->column[HOME_AREA].text[i] = !areas ? "all" : area_id[area];
    table->column[HOME_PERSONS].real[i] = h->persons[i];
    table->column[HOME_PIECE].integer[i] = h->piece[i];
    table->column[HOME_STATUS].text[i] = home_status(run, i);
    table->column[HOME_REASON].text[i] = reason_value[run->reason[i]];
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

static sund_code areas_layer(sund_ctx *ctx, access_run *run, const access_figures *kept) {
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
      table->column[AREA_TEXTS + k].text[u] = text ? text[u] : k < 2 ? "all" : NULL;
    }
    table->column[AREA_PERSONS].real[u] = run->answers ? kept[u * run->answers].persons : NAN;
    for (size_t a = 0; a < run->answers; a++) {
      const access_figures *f = &kept[u * run->answers + a];
      sund_column *column = &table->column[AREA_FIELDS + 4 * a];
      column[0].real[u] = f->share, column[1].real[u] = f->met;
      column[2].real[u] = f->median_m, column[3].real[u] = f->d90_m;
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

/* The merged areas worth showing: those within the largest distance asked for of the areas' box. */
static sund_code green_in_view(sund_ctx *ctx, const access_run *run, size_t **row, size_t *count) {
  const green_set *set = run->all;
  double view[4] = {-INFINITY, -INFINITY, INFINITY, INFINITY}, box[4], halo = 0, smallest, largest;
  for (size_t a = 0; a < run->answers; a++) halo = fmax(halo, run->answer[a].max_m);
  sund_ground_scale(run->ground, &smallest, &largest);
  if (run->in->role[SUND_AREAS]) sund_table_box(run->in->role[SUND_AREAS], view);
  if (!(*row = sund_alloc(ctx, set->rows, sizeof **row))) return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++) {
    if (set->shapes) sund_shapes_box(set->shapes, r, box);
    else box[0] = box[2] = set->x[r], box[1] = box[3] = set->y[r];
    if (box[0] - halo * largest <= view[2] && box[2] + halo * largest >= view[0] &&
        box[1] - halo * largest <= view[3] && box[3] + halo * largest >= view[1])
      (*row)[(*count)++] = r;
  }
  return SUND_OK;
}

/* The parcel that gives each merged area its kind and name: the largest. */
static sund_code leading_parcels(sund_ctx *ctx, const access_run *run, size_t **out) {
  const sund_table *green = run->in->role[SUND_GREEN];
  const green_set *set = run->all;
  size_t *lead = sund_alloc(ctx, set->rows, sizeof *lead);
  double *size = sund_alloc(ctx, green->rows, sizeof *size);
  if (!lead || !size) return SUND_LIMIT;
  if (green->shapes) TRY(sund_geodesic_measure(ctx, run->in->crs, green->shapes, size));
  for (size_t r = 0; r < set->rows; r++) lead[r] = SIZE_MAX;
  for (size_t r = 0; r < green->rows; r++) {
    size_t m = set->merged_of[r];
    if (m != SIZE_MAX && (lead[m] == SIZE_MAX || size[r] > size[lead[m]])) lead[m] = r;
  }
  *out = lead;
  return SUND_OK;
}

/* Columns of green_areas for the rows in view. */
static sund_code fill_green(sund_ctx *ctx, const access_run *run, const size_t *row, sund_table *table) {
  static const char *const from[] = {"kind", "access", "name"};
  const green_set *set = run->all;
  size_t *lead = NULL;
  TRY(leading_parcels(ctx, run, &lead));
  for (size_t i = 0; i < table->rows; i++) {
    if (!(table->column[0].text[i] = sund_text(ctx, "g%zu", row[i] + 1))) return SUND_LIMIT;
    for (size_t k = 0; k < 3; k++) {
      const char **text = sund_table_text(run->in->role[SUND_GREEN], from[k]);
      table->column[1 + k].text[i] = text ? text[lead[row[i]]] : NULL;
    }
    table->column[4].real[i] = set->ha[row[i]];
    if (!set->shapes) table->x[i] = set->x[row[i]], table->y[i] = set->y[row[i]];
  }
  return set->shapes ? sund_shapes_pick(ctx, set->shapes, table->rows, row, &table->shapes) : SUND_OK;
}

static sund_code green_layer(sund_ctx *ctx, access_run *run, size_t count, const size_t *row) {
  const sund_table *green = run->in->role[SUND_GREEN];
  const sund_column *kind = sund_table_column(green, "kind"), *access = sund_table_column(green, "access");
  const sund_field fields[] = {
      {"green_id", SUND_TEXT, NULL, {"grønt område", "grönområde", "green area"}, NULL},
      {"kind", SUND_TEXT, NULL, {"slags", "slag", "kind"}, kind ? kind->field.choices : NULL},
      {"access", SUND_TEXT, NULL, {"adgang", "tillträde", "access"}, access ? access->field.choices : NULL},
      {"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
      {"area_ha", SUND_REAL, "ha", {"areal", "areal", "area"}, NULL},
  };
  sund_table *table = NULL;
  sund_style *style;
  TRY(sund_table_new(ctx, "green_areas", run->all->shapes ? SUND_AREA : SUND_POINT, count, fields, 5, &table));
  TRY(fill_green(ctx, run, row, table));
  TRY(styled(ctx, "kind", false, kind_classes, sizeof kind_classes / sizeof *kind_classes, &style));
  style->opacity = 0.75, style->size_mm = run->all->shapes ? 0.1 : 2;
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

static sund_code entrances_layer(sund_ctx *ctx, access_run *run, size_t count, const size_t *row) {
  static const char *const rule_name[] = {"crossing", "near", "mapped"};
  const sund_entrances *e = run->entrances;
  sund_table *table = NULL;
  sund_style *style;
  if (!e) return SUND_OK;
  uint8_t *shown = sund_alloc(ctx, run->all->rows, 1);
  if (!shown) return SUND_LIMIT;
  for (size_t i = 0; i < count; i++) shown[row[i]] = 1;
  size_t rows = 0, n = 0;
  for (size_t i = 0; i < e->count; i++) rows += shown[e->area[i]];
  TRY(sund_table_new(ctx, "green_entrances", SUND_POINT, rows, entrance_fields, 3, &table));
  for (size_t i = 0; i < e->count; i++) {
    if (!shown[e->area[i]]) continue;
    if (!(table->column[0].text[n] = sund_text(ctx, "g%zu", e->area[i] + 1))) return SUND_LIMIT;
    table->column[1].text[n] = rule_name[e->rule[i]];
    table->column[2].real[n] = e->spot[i].edge == SUND_NO_EDGE ? NAN : e->spot[i].leg_m;
    table->x[n] = e->x[i], table->y[n] = e->y[i];
    n++;
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
  size_t *first, *list, *shown = NULL, count = 0;
  TRY(homes_by_area(ctx, run->in, run->homes, &first, &list));
  access_figures *kept = sund_alloc(ctx, units_count(run->in) * run->answers, sizeof *kept);
  if (!kept) return SUND_LIMIT;
  TRY(access_figures_add(ctx, run, first, list, kept));
  TRY(areas_layer(ctx, run, kept));
  TRY(green_in_view(ctx, run, &shown, &count));
  TRY(green_layer(ctx, run, count, shown));
  TRY(entrances_layer(ctx, run, count, shown));
  return homes_layer(ctx, run);
}
