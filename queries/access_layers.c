/* access_layers.c - what `access` gives back about green and ways: green_areas, green_entrances, walk_network. */
#include <math.h>
#include <string.h>

#include "access.h"

static const sund_choice rule_choices[] = {
    {"crossing", {"sti møder kanten", "stig möter kanten", "a path meets the boundary"}},
    {"near", {"kant nær sti", "kant nära stig", "boundary near a path"}},
    {"open", {"åbent land langs sti", "öppen mark längs stig", "open ground along a path"}},
    {"mapped", {"kortlagt indgang", "kartlagd entré", "mapped gate"}},
    {NULL, {NULL, NULL, NULL}},
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
    {0, 0, "open", "#74b816", {"åbent land langs sti", "öppen mark längs stig", "open ground along a path"}},
    {0, 0, "mapped", "#5f3dc4", {"kortlagt indgang", "kartlagd entré", "mapped gate"}},
};

/* ------------------------------------------------------------------------------------------------- green areas */

/* What is asked about: the areas' box and the largest distance around it. */
static void view_of(const access_run *run, double view[4]) {
  double halo = 0, smallest, largest;
  view[0] = view[1] = -INFINITY, view[2] = view[3] = INFINITY;
  for (size_t a = 0; a < run->standards; a++)
    halo = fmax(halo, access_reach_m(run->answer[a].standard, run->options));
  if (!run->in->role[SUND_AREAS] || !sund_table_box(run->in->role[SUND_AREAS], view)) return;
  sund_ground_scale(run->ground, &smallest, &largest);
  view[0] -= halo * largest, view[1] -= halo * largest, view[2] += halo * largest, view[3] += halo * largest;
}

static bool boxes_meet(const double a[4], const double b[4]) {
  return a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];
}

/* The merged areas worth showing. */
static sund_code green_in_view(sund_ctx *ctx, const access_run *run, size_t **row, size_t *count) {
  const green_set *set = run->all;
  double view[4], box[4];
  view_of(run, view);
  if (!(*row = sund_alloc(ctx, set->rows, sizeof **row))) return SUND_LIMIT;
  for (size_t r = 0; r < set->rows; r++) {
    if (set->shapes) sund_shapes_box(set->shapes, r, box);
    else box[0] = box[2] = set->x[r], box[1] = box[3] = set->y[r];
    if (isnan(box[0]) || boxes_meet(box, view)) (*row)[(*count)++] = r;
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
  if (green->shapes) sund_ground_areas(run->ground, green->shapes, size);
  for (size_t r = 0; r < set->rows; r++) lead[r] = SIZE_MAX;
  for (size_t r = 0; r < green->rows; r++) {
    size_t m = set->merged_of[r];
    if (m != SIZE_MAX && (lead[m] == SIZE_MAX || size[r] > size[lead[m]])) lead[m] = r;
  }
  *out = lead;
  return SUND_OK;
}

/* Row of all green in which a row of a set lies: what is one area in the set is one there. */
static size_t row_in_all(const access_run *run, const green_set *set, size_t row) {
  return run->all->merged_of[set->parcel[row]];
}

const char *access_green_id(sund_ctx *ctx, const access_run *run, const green_set *set, size_t row) {
  return sund_text(ctx, "g%zu", row_in_all(run, set, row) + 1);
}

static const char *const green_text[] = {"kind", "access", "name", "law", "id"};
enum { GREEN_ID, GREEN_TEXTS, GREEN_HA = GREEN_TEXTS + 5, GREEN_SLIVER, GREEN_FIELDS, GREEN_EACH = 2 };

/* Persons whose nearest area this is and who have it near enough, and those of them who have no other. */
static sund_code fill_persons(sund_ctx *ctx, const access_run *run, size_t a, const size_t *place,
                              sund_column *column) {
  const access_answer *answer = &run->answer[a];
  const access_reach *reach = &answer->target->by[answer->way];
  double *persons = sund_alloc(ctx, run->all->rows, sizeof *persons),
         *only = sund_alloc(ctx, run->all->rows, sizeof *only);
  if (!persons || !only) return SUND_LIMIT;
  for (size_t i = 0; i < run->homes->count; i++) {
    if (answer->met[i] != 1) continue;
    size_t r = row_in_all(run, answer->target->set, reach->row[i]);
    persons[r] += run->homes->persons[i];
    if (!(reach->next_m[i] <= answer->max)) only[r] += run->homes->persons[i];
  }
  for (size_t r = 0; r < run->all->rows; r++)
    if (place[r] != SIZE_MAX) column[0].real[place[r]] = persons[r], column[1].real[place[r]] = only[r];
  return SUND_OK;
}

/* Columns of green_areas for the rows in view. */
static sund_code fill_green(sund_ctx *ctx, const access_run *run, const size_t *row, sund_table *table) {
  const green_set *set = run->all;
  size_t *lead = NULL, *place = sund_alloc(ctx, set->rows, sizeof *place);
  if (!place) return SUND_LIMIT;
  TRY(leading_parcels(ctx, run, &lead));
  for (size_t r = 0; r < set->rows; r++) place[r] = SIZE_MAX;
  for (size_t i = 0; i < table->rows; i++) {
    place[row[i]] = i;
    if (!(table->column[GREEN_ID].text[i] = sund_text(ctx, "g%zu", row[i] + 1))) return SUND_LIMIT;
    for (size_t k = 0; k < GREEN_HA - GREEN_TEXTS; k++) {
      const char **text = sund_table_text(run->in->role[SUND_GREEN], green_text[k]);
      table->column[GREEN_TEXTS + k].text[i] = text ? text[lead[row[i]]] : NULL;
    }
    table->column[GREEN_HA].real[i] = set->ha[row[i]];
    table->column[GREEN_SLIVER].integer[i] = set->sliver[row[i]];
    if (table->kind == SUND_POINT) table->x[i] = set->x[row[i]], table->y[i] = set->y[row[i]];
  }
  for (size_t a = 0; a < run->standards; a++)
    TRY(fill_persons(ctx, run, a, place, &table->column[GREEN_FIELDS + GREEN_EACH * a]));
  return set->shapes ? sund_shapes_pick(ctx, set->shapes, table->rows, row, &table->shapes) : SUND_OK;
}

static sund_code green_fields(sund_ctx *ctx, const access_run *run, sund_field **out) {
  const sund_table *green = run->in->role[SUND_GREEN];
  const sund_column *kind = sund_table_column(green, "kind"), *access = sund_table_column(green, "access");
  const sund_field common[GREEN_FIELDS] = {
      {"green_id", SUND_TEXT, NULL, {"grønt område", "grönområde", "green area"}, NULL},
      {"kind", SUND_TEXT, NULL, {"slags", "slag", "kind"}, kind ? kind->field.choices : NULL},
      {"access", SUND_TEXT, NULL, {"adgang", "tillträde", "access"}, access ? access->field.choices : NULL},
      {"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
      {"law", SUND_TEXT, NULL, {"adgangens grundlag", "grund för tillträdet", "what access rests on"}, NULL},
      {"parcel_id", SUND_TEXT, NULL, {"id i kilden", "id i källan", "id in the source"}, NULL},
      {"area_ha", SUND_REAL, "ha", {"areal", "areal", "area"}, NULL},
      {"sliver", SUND_INT, NULL, {"strimmel", "remsa", "sliver"}, NULL},
  };
  static const sund_field each[GREEN_EACH] = {
      {"persons",
       SUND_REAL,
       "persons",
       {"personer med det som nærmeste", "personer med det som närmaste", "persons who have it nearest"},
       NULL},
      {"only_persons",
       SUND_REAL,
       "persons",
       {"personer der kun har dette", "personer som bara har detta", "persons who have no other"},
       NULL},
  };
  return access_standard_fields(ctx, run, GREEN_FIELDS, common, GREEN_EACH, each, out);
}

static sund_code green_layer(sund_ctx *ctx, access_run *run, size_t count, const size_t *row) {
  sund_kind kind = run->in->role[SUND_GREEN]->kind;
  sund_table *table = NULL;
  sund_style *style;
  sund_field *fields;
  TRY(green_fields(ctx, run, &fields));
  TRY(sund_table_new(ctx, "green_areas", kind, count, fields, GREEN_FIELDS + GREEN_EACH * run->standards, &table));
  TRY(fill_green(ctx, run, row, table));
  TRY(access_styled(ctx, "kind", false, kind_classes, sizeof kind_classes / sizeof *kind_classes, &style));
  style->opacity = 0.75, style->size_mm = run->all->shapes ? 0.1 : 2;
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .style = kind == SUND_NONE ? NULL : style,
                                         .indexed = kind != SUND_NONE,
                                         .multi = true,
                                         .title = {"Grønne områder", "Grönområden", "Green areas"},
                                         .summary = {"Sammenstødende arealer med samme adgang lagt sammen",
                                                     "Angränsande ytor med samma tillträde sammanslagna",
                                                     "Touching parcels of equal access merged"}});
}

/* ------------------------------------------------------------------------------------------- entrances, network */

static const sund_field entrance_fields[] = {
    {"entrance_id", SUND_INT, NULL, {"indgang", "entré", "entrance"}, NULL},
    {"green_id", SUND_TEXT, NULL, {"grønt område", "grönområde", "green area"}, NULL},
    {"rule", SUND_TEXT, NULL, {"regel", "regel", "rule"}, rule_choices},
    {"rank", SUND_INT, NULL, {"rang, 1 er sikrest", "rang, 1 är säkrast", "rank, 1 is surest"}, NULL},
    {"leg_m", SUND_REAL, "m", {"fra sti til indgang", "från stig till entré", "from path to entrance"}, NULL},
    {"path_x", SUND_REAL, "m", {"sted på stien, x", "plats på stigen, x", "place on the path, x"}, NULL},
    {"path_y", SUND_REAL, "m", {"sted på stien, y", "plats på stigen, y", "place on the path, y"}, NULL},
    {"standards", SUND_TEXT, NULL, {"standarder", "standarder", "standards"}, NULL},
};
enum { ENTRANCE_FIELDS = sizeof entrance_fields / sizeof *entrance_fields };

/* The edge is walked along to the share of its length. */
void access_spot_place(const sund_graph *g, const sund_spot *spot, double *x, double *y) {
  const sund_shapes *s = g->shape;
  size_t first = s->first_vertex[spot->edge], end = s->first_vertex[spot->edge + 1];
  double all = sund_line_length(end - first, s->x + first, s->y + first);
  double rest = g->edge_m[spot->edge] > 0 ? all * spot->along_m / g->edge_m[spot->edge] : 0;
  *x = s->x[end - 1], *y = s->y[end - 1];
  for (size_t v = first; v + 1 < end; v++) {
    double step = hypot(s->x[v + 1] - s->x[v], s->y[v + 1] - s->y[v]);
    if (rest <= step) {
      double t = step > 0 ? rest / step : 0;
      *x = s->x[v] + t * (s->x[v + 1] - s->x[v]), *y = s->y[v] + t * (s->y[v + 1] - s->y[v]);
      return;
    }
    rest -= step;
  }
}

/* "who-05, who-1": standards that measure to this set. */
static sund_code standards_of(sund_ctx *ctx, const access_run *run, const green_set *set, const char **out) {
  *out = "";
  for (size_t a = 0; a < run->standards; a++) {
    if (run->answer[a].target->set != set) continue;
    *out = sund_text(ctx, "%s%s%s", *out, **out ? ", " : "", run->answer[a].standard->name);
    if (!*out) return SUND_LIMIT;
  }
  return SUND_OK;
}

static void fill_entrance(const access_run *run, const green_set *set, size_t e, const char *standards, size_t n,
                          sund_table *table) {
  static const char *const rule_name[] = {"crossing", "near", "open", "mapped"};
  static const int64_t rank[] = {2, 4, 3, 1};
  const sund_entrances *all = set->entrances;
  const sund_spot *spot = &all->spot[e];
  table->column[0].integer[n] = (int64_t)(set->first_entrance + e + 1);
  table->column[2].text[n] = rule_name[all->rule[e]];
  table->column[3].integer[n] = rank[all->rule[e]];
  table->column[4].real[n] = spot->leg_m;
  access_spot_place(run->net->graph, spot, &table->column[5].real[n], &table->column[6].real[n]);
  table->column[7].text[n] = standards;
  table->x[n] = all->x[e], table->y[n] = all->y[e];
}

/* Entrances of the sets that standards measure to, as far as they are in view. */
static sund_code entrances_layer(sund_ctx *ctx, access_run *run) {
  sund_table *table = NULL;
  sund_style *style;
  double view[4];
  size_t rows = 0, n = 0;
  view_of(run, view);
  for (int pass = 0; pass < 2; pass++) {
    if (pass) TRY(sund_table_new(ctx, "green_entrances", SUND_POINT, rows, entrance_fields, ENTRANCE_FIELDS, &table));
    for (size_t s = 0; s < run->sets; s++) {
      const green_set *set = run->set[s];
      const char *standards;
      TRY(standards_of(ctx, run, set, &standards));
      if (!*standards || !set->entrances) continue;
      for (size_t e = 0; e < set->entrances->count; e++) {
        double x = set->entrances->x[e], y = set->entrances->y[e];
        if (set->entrances->spot[e].edge == SUND_NO_EDGE) continue; /* no path leads there */
        if (!boxes_meet((const double[4]){x, y, x, y}, view)) continue;
        if (!pass) rows++;
        else {
          fill_entrance(run, set, e, standards, n, table);
          if (!(table->column[1].text[n++] = access_green_id(ctx, run, set, set->entrances->area[e])))
            return SUND_LIMIT;
        }
      }
    }
  }
  TRY(access_styled(ctx, "rule", false, rule_classes, sizeof rule_classes / sizeof *rule_classes, &style));
  style->size_mm = 1.2, style->smallest_scale = 50000;
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .style = style,
                   .indexed = true,
                   .title = {"Indgange til grønne områder", "Entréer till grönområden", "Entrances to green areas"},
                   .summary = {"Hvor gangnettet møder det grønne", "Där gångnätet möter det gröna",
                               "Where the walk network meets the green"}});
}

static const sund_field network_fields[] = {
    {"edge_id", SUND_INT, NULL, {"kant", "kant", "edge"}, NULL},
    {"source", SUND_TEXT, NULL, {"kilde", "källa", "source"}, NULL},
    {"feature_id", SUND_INT, NULL, {"objekt", "objekt", "feature"}, NULL},
    {"class", SUND_TEXT, NULL, {"vejklasse", "vägklass", "class"}, NULL},
    {"level", SUND_INT, NULL, {"niveau", "nivå", "level"}, NULL},
    {"street", SUND_INT, NULL, {"hjem kan ligge her", "hem kan ligga här", "homes may stand here"}, NULL},
    {"length_m", SUND_REAL, "m", {"længde", "längd", "length"}, NULL},
};
enum { NETWORK_FIELDS = sizeof network_fields / sizeof *network_fields };

/* More edges than this are not written: the layer is there to be looked at and for `sund explain`. */
enum { MOST_EDGES = 500000 };

static const sund_class network_classes[] = {{0, 0, NULL, "#adb5bd", {"gangnet", "gångnät", "walk network"}}};

/* Edges in view, in order. */
static sund_code edges_in_view(sund_ctx *ctx, const access_run *run, size_t **edge, size_t *count) {
  const sund_graph *g = run->net->graph;
  double view[4], box[4];
  view_of(run, view);
  if (!(*edge = sund_alloc(ctx, g->edges, sizeof **edge))) return SUND_LIMIT;
  for (size_t e = 0; e < g->edges; e++)
    if (sund_shapes_box(g->shape, e, box) && boxes_meet(box, view)) (*edge)[(*count)++] = e;
  return SUND_OK;
}

static sund_code network_layer(sund_ctx *ctx, access_run *run) {
  const sund_table *paths = run->in->role[SUND_PATHS];
  const char **class = sund_table_text(paths, "class");
  size_t *edge = NULL, count = 0;
  sund_table *table = NULL;
  sund_style *style;
  TRY(edges_in_view(ctx, run, &edge, &count));
  if (count > MOST_EDGES) {
    const char *text =
        sund_text(ctx,
                  "the network of %zu edges is not written to the result: sund explain names entrances "
                  "without drawing the way",
                  count);
    return text ? access_note(ctx, run, "note", "paths", text) : SUND_LIMIT;
  }
  TRY(sund_table_new(ctx, "walk_network", SUND_LINE, count, network_fields, NETWORK_FIELDS, &table));
  TRY(sund_shapes_pick(ctx, run->net->graph->shape, count, edge, &table->shapes));
  for (size_t n = 0; n < count; n++) {
    size_t line = run->net->graph->edge_line[edge[n]];
    bool path = line < paths->rows;
    table->column[0].integer[n] = (int64_t)edge[n] + 1;
    table->column[1].text[n] = path ? sund_table_source(paths, line) : "gates";
    table->column[2].integer[n] = path ? sund_table_feature(paths, line) : SUND_NULL_INT;
    table->column[3].text[n] = path ? (class ? class[line] : NULL) : "ferry";
    table->column[4].integer[n] = run->net->graph->edge_level[edge[n]];
    table->column[5].integer[n] = run->net->street[edge[n]];
    table->column[6].real[n] = run->net->graph->edge_m[edge[n]];
  }
  TRY(access_styled(ctx, NULL, false, network_classes, 1, &style));
  style->size_mm = 0.2, style->smallest_scale = 100000;
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .style = style,
                   .indexed = true,
                   .title = {"Gangnet", "Gångnät", "Walk network"},
                   .summary = {"Linjerne, forbundet hvor de mødes", "Linjerna, hopkopplade där de möts",
                               "The lines, joined where they meet"}});
}

sund_code access_layers(sund_ctx *ctx, access_run *run, const access_figures *kept) {
  size_t *shown = NULL, count = 0;
  TRY(green_in_view(ctx, run, &shown, &count));
  TRY(green_layer(ctx, run, count, shown));
  if (run->net) TRY(network_layer(ctx, run));
  if (run->net) TRY(entrances_layer(ctx, run));
  if (run->way == BY_LAND) TRY(access_detours(ctx, run));
  return access_tables(ctx, run, kept);
}
