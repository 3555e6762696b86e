/* catchment_classes.c - what a line's class says of who may go there, where the data do not say so themselves, and how
 * fast cars then go.
 *
 * Words of the national road registers and of OpenStreetMap, any case, with or without Nordic letters. Speeds are plain
 * travelling speeds by class, between those of the usual routers (OSRM and GraphHopper profiles differ by a quarter);
 * they count only where a line gives no speed. A class that is not here is a street for everybody.
 */
#include "catchment_classes.h"

static const catchment_class classes[] = {
    {"motorvej", false, false, true, 100},
    {"motorväg", false, false, true, 100},
    {"motorway", false, false, true, 100},
    {"motorway_link", false, false, true, 60},
    {"motortrafikvej", false, false, true, 80},
    {"motortrafikled", false, false, true, 80},
    {"trunk", true, true, true, 75},
    {"trunk_link", true, true, true, 50},
    {"landevej", true, true, true, 70},
    {"primary", true, true, true, 65},
    {"secondary", true, true, true, 55},
    {"hovedvej", true, true, true, 60},
    {"huvudväg", true, true, true, 60},
    {"tertiary", true, true, true, 45},
    {"unclassified", true, true, true, 30},
    {"residential", true, true, true, 30},
    {"living_street", true, true, true, 10},
    {"service", true, true, true, 15},
    {"sti", true, true, false, 0},
    {"stig", true, false, false, 0},
    {"gangsti", true, false, false, 0},
    {"gångväg", true, false, false, 0},
    {"gangbana", true, false, false, 0},
    {"footway", true, false, false, 0},
    {"pedestrian", true, false, false, 0},
    {"steps", true, false, false, 0},
    {"trappe", true, false, false, 0},
    {"trappa", true, false, false, 0},
    {"cykelsti", true, true, false, 0},
    {"cykelväg", true, true, false, 0},
    {"cykelbana", true, true, false, 0},
    {"cycleway", true, true, false, 0},
    {"gc-väg", true, true, false, 0},
    {"gång- och cykelväg", true, true, false, 0},
    {"path", true, true, false, 0},
    {"track", true, true, false, 0},
    {"bridleway", true, false, false, 0},
    {"corridor", true, false, false, 0},
    {"ferry", false, false, false, 0},
    {"færge", false, false, false, 0},
    {"färja", false, false, false, 0},
};

static const catchment_class street = {NULL, true, true, true, 0};

const catchment_class *catchment_class_of(const char *word) {
  for (size_t k = 0; word && k < sizeof classes / sizeof *classes; k++)
    if (sund_same_name(word, classes[k].word)) return &classes[k];
  return &street;
}
