/* test_style.c - the texts that explain a layer: well-formed whatever the words are, the right classes, names and
 * numbers. What QGIS makes of them: qgis.sh. */
#include "layers/style.h"

#include <cpl_minixml.h>
#include <locale.h>

#include "layers/textbuf.h"
#include "support_gpkg.h"

static const char nasty[] = "<a href=\"x\">Å & 'Ø'</a>\x01\x1F\r\n\ttab \xF8 ]]>";
static const char nasty_read[] = "<a href=\"x\">Å & 'Ø'</a>\n\ttab ? ]]>";

static CPLXMLNode *parse(const char *text) {
  assert_non_null(text);
  CPLXMLNode *root = CPLParseXMLString(text);
  if (!root) fail_msg("not well-formed: %s", text);
  return root;
}

static const char *value(const CPLXMLNode *root, const char *path) {
  return CPLGetXMLValue(root, path, "(none)");
}

/* n-th element of that name below a node; NULL when there are fewer. */
static const CPLXMLNode *child(const CPLXMLNode *above, const char *name, int n) {
  for (const CPLXMLNode *node = above ? above->psChild : NULL; node; node = node->psNext)
    if (node->eType == CXT_Element && strcmp(node->pszValue, name) == 0 && n-- == 0) return node;
  return NULL;
}

static void test_graduated(void **state) {
  sund_ctx *ctx = *state;
  sample *s = sample_new(ctx, "x.gpkg", 3);
  CPLXMLNode *root = parse(style_qml(ctx, &s->layer[0], 1));
  const CPLXMLNode *renderer = CPLGetXMLNode(root, "=qgis.renderer-v2"), *ranges = child(renderer, "ranges", 0);
  assert_string_equal(value(renderer, "type"), "graduatedSymbol");
  assert_string_equal(value(renderer, "attr"), "330_300_dist_m");
  assert_string_equal(value(child(ranges, "range", 0), "lower"), "0");
  assert_string_equal(value(child(ranges, "range", 0), "upper"), "300");
  assert_string_equal(value(child(ranges, "range", 0), "label"), "till 300 m");
  assert_string_equal(value(child(ranges, "range", 1), "upper"), "1000000000000"); /* open end, but finite */
  assert_null(child(ranges, "range", 2));
  const CPLXMLNode *symbol = child(child(renderer, "symbols", 0), "symbol", 1);
  assert_string_equal(value(symbol, "type"), "marker");
  assert_string_equal(value(child(child(symbol, "layer", 0), "prop", 1), "v"), "118,42,131,255");
  assert_string_equal(value(root, "=qgis.labelsEnabled"), "0");
  CPLDestroyXMLNode(root);
}

static void test_categorised_and_labels(void **state) {
  sund_ctx *ctx = *state;
  sample *s = sample_new(ctx, "x.gpkg", 3);
  CPLXMLNode *root = parse(style_qml(ctx, &s->layer[2], 2));
  const CPLXMLNode *renderer = CPLGetXMLNode(root, "=qgis.renderer-v2"),
                   *categories = child(renderer, "categories", 0);
  assert_string_equal(value(renderer, "type"), "categorizedSymbol");
  assert_string_equal(value(child(categories, "category", 0), "value"), "A & <B>");
  assert_string_equal(value(child(categories, "category", 1), "value"), "");
  assert_string_equal(value(child(categories, "category", 1), "label"), "others");
  const CPLXMLNode *fill = child(child(child(renderer, "symbols", 0), "symbol", 0), "layer", 0);
  assert_string_equal(value(fill, "class"), "SimpleFill");
  assert_string_equal(value(child(fill, "prop", 0), "v"), "102,189,99,128"); /* opacity 0.5 */
  assert_string_equal(value(root, "=qgis.labelsEnabled"), "1");
  assert_string_equal(value(root, "=qgis.labeling.settings.text-style.fieldName"), "name");
  CPLDestroyXMLNode(root);
}

/* Areas within each other: opaque, outlined in their own colour, the largest value first, the layer transparent. */
static void test_nested(void **state) {
  sund_ctx *ctx = *state;
  sample *s = sample_new(ctx, "x.gpkg", 3);
  sund_style nested = *s->layer[2].style;
  nested.nested = true, nested.size_mm = 0.1;
  s->layer[2].style = &nested;
  CPLXMLNode *root = parse(style_qml(ctx, &s->layer[2], 2));
  const CPLXMLNode *renderer = CPLGetXMLNode(root, "=qgis.renderer-v2");
  const CPLXMLNode *fill = child(child(child(renderer, "symbols", 0), "symbol", 0), "layer", 0);
  assert_string_equal(value(child(fill, "prop", 0), "v"), "102,189,99,255");
  assert_string_equal(value(child(fill, "prop", 2), "v"), "102,189,99,255"); /* outline */
  assert_string_equal(value(child(fill, "prop", 4), "v"), "0.1");
  assert_string_equal(value(renderer, "enableorderby"), "1");
  assert_string_equal(value(renderer, "orderby.orderByClause.asc"), "0");
  assert_string_equal(value(renderer, "orderby.orderByClause"), sund_text(ctx, "\"%s\"", nested.column));
  assert_string_equal(value(root, "=qgis.layerOpacity"), "0.5");
  CPLDestroyXMLNode(root);
  root = parse(style_qml(ctx, &s->layer[0], 2));
  assert_string_equal(value(root, "=qgis.renderer-v2.enableorderby"), "0");
  assert_null(CPLGetXMLNode(root, "=qgis.renderer-v2.orderby"));
  assert_null(CPLGetXMLNode(root, "=qgis.layerOpacity"));
  CPLDestroyXMLNode(root);
  assert_non_null(strstr(style_sld(ctx, &s->layer[2], 2), "stroke\">#66bd63<"));
}

static void test_single_and_none(void **state) {
  sund_ctx *ctx = *state;
  sample *s = sample_new(ctx, "x.gpkg", 3);
  CPLXMLNode *root = parse(style_qml(ctx, &s->layer[1], 0));
  assert_string_equal(value(root, "=qgis.renderer-v2.type"), "singleSymbol");
  assert_string_equal(value(root, "=qgis.renderer-v2.symbols.symbol.type"), "line");
  CPLDestroyXMLNode(root);
  s->layer[1].style = NULL; /* a layer without a style is drawn in grey */
  root = parse(style_qml(ctx, &s->layer[1], 0));
  assert_string_equal(value(root, "=qgis.renderer-v2.symbols.symbol.layer.prop.v"), "128,128,128,255");
  CPLDestroyXMLNode(root);
  root = parse(style_qml(ctx, &s->layer[3], 0));
  assert_null(CPLGetXMLNode(root, "=qgis.renderer-v2"));
  assert_string_equal(value(child(CPLGetXMLNode(root, "=qgis.aliases"), "alias", 0), "name"), "Nøgle");
  CPLDestroyXMLNode(root);
}

static void test_aliases_and_value_maps(void **state) {
  sund_ctx *ctx = *state;
  sample *s = sample_new(ctx, "x.gpkg", 3);
  static const char *const distance[3] = {"Afstand (m)", "Avstånd (m)", "Distance (m)"};
  for (int language = 0; language < 3; language++) {
    CPLXMLNode *root = parse(style_qml(ctx, &s->layer[0], language));
    const CPLXMLNode *alias = child(CPLGetXMLNode(root, "=qgis.aliases"), "alias", 1);
    assert_string_equal(value(alias, "field"), "330_300_dist_m");
    assert_string_equal(value(alias, "name"), distance[language]);
    const CPLXMLNode *map = CPLGetXMLNode(root, "=qgis.fieldConfiguration.field.editWidget.config.Option.Option");
    assert_string_equal(value(map, "name"), "map");
    assert_string_equal(value(child(child(map, "Option", 0), "Option", 0), "value"), "forest");
    assert_string_equal(value(child(child(map, "Option", 0), "Option", 0), "name"), sample_kinds[0].label[language]);
    CPLDestroyXMLNode(root);
  }
}

static void test_alias(void **state) {
  sund_ctx *ctx = *state;
  assert_string_equal(style_alias(ctx, &(sund_field){.name = "a_m", .unit = "m", .label = {"Dyb", NULL, "Deep"}}, 1),
                      "Deep (m)");
  assert_string_equal(style_alias(ctx, &(sund_field){.name = "a_m", .unit = "m"}, 0), "a_m (m)");
  assert_string_equal(style_alias(ctx, &(sund_field){.name = "p", .unit = "%", .label = {"Andel (%)"}}, 0),
                      "Andel (%)");
  const sund_field share = {.name = "p", .unit = "%", .label = {"Andel inden for 90 % af tiden"}};
  assert_string_equal(style_alias(ctx, &share, 0), "Andel inden for 90 % af tiden (%)");
  const sund_field persons = {.name = "persons", .unit = "persons", .label = {"Personer", "Boende", "Persons near"}};
  assert_string_equal(style_alias(ctx, &persons, 0), "Personer");
  assert_string_equal(style_alias(ctx, &persons, 1), "Boende (personer)");
  assert_string_equal(style_alias(ctx, &persons, 2), "Persons near");
  assert_string_equal(style_alias(ctx, &(sund_field){.name = "n", .unit = "", .label = {"Navn"}}, 2), "Navn");
}

/* Words from data may hold anything; every text stays well-formed and says the same after reading. */
static void test_escaping(void **state) {
  sund_ctx *ctx = *state;
  sample *s = sample_new(ctx, "x.gpkg", 3);
  const sund_choice choices[] = {{nasty, {nasty, nasty, nasty}}, {NULL, {NULL, NULL, NULL}}};
  const sund_class class = {.value = nasty, .colour = "red", .label = {nasty, nasty, nasty}};
  const sund_style style = {.column = "name", .classes = &class, .count = 1, .label_column = "name"};
  sund_layer layer = {.table = s->areas,
                      .title = {nasty, nasty, nasty},
                      .summary = {nasty, nasty, nasty},
                      .style = &style,
                      .history = nasty};
  s->areas->column[1].field.choices = choices;
  s->areas->column[1].field.label[0] = nasty;
  CPLXMLNode *root = parse(style_qml(ctx, &layer, 0));
  const CPLXMLNode *category = child(CPLGetXMLNode(root, "=qgis.renderer-v2.categories"), "category", 0);
  assert_string_equal(value(category, "value"), nasty_read);
  assert_string_equal(value(child(CPLGetXMLNode(root, "=qgis.aliases"), "alias", 1), "name"), nasty_read);
  CPLDestroyXMLNode(root);
  root = parse(style_sld(ctx, &layer, 0));
  CPLDestroyXMLNode(root);
  root = parse(style_metadata(ctx, &layer, s->spec.crs, 0));
  assert_string_equal(value(root, "=qgis.title"), nasty_read);
  CPLDestroyXMLNode(root);
}

static void test_metadata(void **state) {
  sund_ctx *ctx = *state;
  sample *s = sample_new(ctx, "x.gpkg", 3);
  CPLXMLNode *root = parse(style_metadata(ctx, &s->layer[0], s->spec.crs, 0));
  const CPLXMLNode *qgis = CPLGetXMLNode(root, "=qgis");
  assert_string_equal(value(qgis, "title"), "Boliger");
  assert_string_equal(value(qgis, "abstract"), "Én række per bolig");
  assert_string_equal(value(qgis, "license"), "CC0 <test> & more");
  assert_string_equal(value(child(qgis, "history", 0), ""), "sund run demo.yaml");
  assert_string_equal(value(child(qgis, "history", 1), ""), "read homes.gpkg");
  assert_null(child(qgis, "history", 2));
  assert_string_equal(value(qgis, "crs.spatialrefsys.authid"), "EPSG:25832");
  CPLDestroyXMLNode(root);
}

static void test_sld(void **state) {
  sund_ctx *ctx = *state;
  sample *s = sample_new(ctx, "x.gpkg", 3);
  for (int i = 0; i < 3; i++) {
    CPLXMLNode *root = parse(style_sld(ctx, &s->layer[i], 0));
    const CPLXMLNode *rules = CPLGetXMLNode(root, "=StyledLayerDescriptor.NamedLayer.UserStyle.se:FeatureTypeStyle");
    assert_non_null(child(rules, "se:Rule", i == 1 ? 0 : 1));
    assert_null(child(rules, "se:Rule", i == 1 ? 1 : 2));
    CPLDestroyXMLNode(root);
  }
}

/* A locale with a decimal comma changes no number. Uses the first one of the machine that has a comma. */
static void test_numbers(void **state) {
  sund_ctx *ctx = *state;
  static const char *const locales[] = {"C", "da_DK.UTF-8", "da_DK.utf8", "sv_SE.UTF-8", "de_DE.UTF-8", "ps_AF"};
  for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
    if (!setlocale(LC_ALL, locales[i])) continue;
    assert_string_equal(textbuf_number(ctx, 0.35), "0.35");
    assert_string_equal(textbuf_number(ctx, -1.5e-7), "-1.5e-07");
    assert_string_equal(textbuf_number(ctx, 300), "300");
    setlocale(LC_ALL, "C");
  }
}

/* Letters of one to four bytes, and what is none. */
static void test_letters(void **state) {
  (void)state;
  assert_int_equal(textbuf_letter("a"), 1);
  assert_int_equal(textbuf_letter("å"), 2);
  assert_int_equal(textbuf_letter("€"), 3);
  assert_int_equal(textbuf_letter("\xF0\x9F\x8C\x8A"), 4);
  static const char *const wrong[] = {"",
                                      "\x80",
                                      "\xC3",
                                      "\xC3(",
                                      "\xE2\x82",
                                      "\xC0\xAF",
                                      "\xE0\x80\xAF",
                                      "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF8\x88\x80\x80\x80",
                                      "\xFF"};
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_int_equal(textbuf_letter(wrong[i]), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      SUND_TEST(test_graduated),       SUND_TEST(test_categorised_and_labels),
      SUND_TEST(test_single_and_none), SUND_TEST(test_aliases_and_value_maps),
      SUND_TEST(test_alias),           SUND_TEST(test_escaping),
      SUND_TEST(test_metadata),        SUND_TEST(test_sld),
      SUND_TEST(test_numbers),         SUND_TEST(test_nested),
      SUND_TEST(test_letters),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
