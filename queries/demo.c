/* demo.c - `sund demo DIR`: an invented place on both shores of a sound, complete enough for every query.
 *
 * Order: demo_terrain_draw needs the shore of demo_region_draw; roads keep off the green areas; homes stand along the
 * roads; files are written last. Everything goes into a hidden folder beside the target, which takes the target's name
 * when it is complete; on any failure it is removed again. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "demo.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const subfolders[] = {"dk", "se", "both", "gtfs", "gtfs-se"};

static const char project[] =
    "# A small synthetic region on two shores, written by `sund demo`. Everything in it is invented: places, "
    "people,\n"
    "# heights, timetables and water levels. It lies where the northern Sound is only so that coordinate systems "
    "and\n"
    "# height systems behave as they do there.\n"
    "name: Nordsund–Sundvik\n"
    "crs: EPSG:25832\n"
    "heights: EPSG:5799\n"
    "profile: [dk, se]\n"
    "layers:\n"
    "  areas:\n"
    "    - {source: dk/kommuner.gpkg, set: {country: DK}}\n"
    "    - {source: se/kommuner.gpkg, set: {country: SE}}\n"
    "  land:\n"
    "    - {source: dk/kyst.gpkg, layername: land}\n"
    "    - {source: se/strandlinje.gpkg, layername: land}\n"
    "  green:\n"
    "    - {source: dk/natur.gpkg, layername: naturomraader}\n"
    "    - {source: dk/natur.gpkg, layername: fredninger}\n"
    "    - {source: se/natur.gpkg, layername: gronomraden}\n"
    "    - {source: se/natur.gpkg, layername: naturreservat}\n"
    "  entrances:\n"
    "    - {source: dk/natur.gpkg, layername: indgange}\n"
    "    - {source: se/natur.gpkg, layername: entreer}\n"
    "  homes:  # the same people by square kilometre: both/befolkning_1km.gpkg\n"
    "    - {source: dk/befolkning.gpkg, layername: adresser}\n"
    "    - {source: se/befolkning.gpkg, layername: byggnader}\n"
    "  jobs:\n"
    "    - {source: dk/befolkning.gpkg, layername: virksomheder}\n"
    "    - {source: se/befolkning.gpkg, layername: arbetsstallen}\n"
    "  places:\n"
    "    - {source: dk/befolkning.gpkg, layername: steder, where: \"stednavn_id = 'dk-01'\"}  # one of five\n"
    "    - {source: se/befolkning.gpkg, layername: platser, where: \"platsid = 'se-01'\"}\n"
    "  paths:\n"
    "    - {source: dk/veje.gpkg}\n"
    "    - {source: se/vagar.gpkg}\n"
    "  timetable:\n"
    "    - {source: gtfs}\n"
    "    - {source: gtfs-se}\n"
    "  gates:\n"
    "    - {source: both/overfart.gpkg}\n"
    "  terrain:\n"
    "    - {source: dk/dtm.tif, heights: EPSG:5799}\n"
    "    - {source: se/markhojd.tif, heights: EPSG:5613}\n"
    "  barriers:\n"
    "    - {source: dk/kyst.gpkg, layername: diger, heights: EPSG:5799}\n"
    "    - {source: se/strandlinje.gpkg, layername: vallar, heights: EPSG:5613}\n"
    "  openings:\n"
    "    - {source: dk/kyst.gpkg, layername: aabninger, heights: EPSG:5799}\n"
    "    - {source: se/strandlinje.gpkg, layername: oppningar, heights: EPSG:5613}\n"
    "  events:\n"
    "    - {source: both/events.csv}\n"
    "  candidates:  # what could be made, and what it would cost in 1000 euro\n"
    "    - {source: both/forslag.gpkg, layername: indgange}\n"
    "    - {source: both/forslag.gpkg, layername: stier}\n"
    "    - {source: both/forslag.gpkg, layername: arealer}\n"
    "  walls:  # what could be raised against the sea, and what it would cost in 1000 euro\n"
    "    - {source: both/hojvand.gpkg, layername: mure, heights: EPSG:5799}\n"
    "    - {source: both/hojvand.gpkg, layername: murar, heights: EPSG:5613}\n"
    "  surveys:\n"
    "    - {source: both/oplevelse.csv}\n"
    "  flows:  # who lives where and works where, and the minutes between them\n"
    "    - {source: both/pendling.csv}\n"
    "  travel:\n"
    "    - {source: both/rejsetid.csv}\n"
    "queries:\n"
    "  access: {standards: [who, ags, scb, sund/skov-strand, walk-15min, \"330-300\"], distance: network}\n"
    "  coast: {tolerances: [1, 10, 50, 100]}\n"
    "  flood: {levels: [0.5, 1.0, 1.35, 1.5, 2.0, 2.5, 3.0], mean-level: 0.10, sigma-level: 0.05}\n"
    "  catchment: {modes: [walk, bike, car, transit], minutes: [15, 30, 45, 60],\n"
    "              compare: [fixed-link, every-10-min, no-ferry]}\n"
    "  labour: {rules: [scb, containment], together: [\"Nordsund,Sundvik\"], shrink: [5, 10, 15, 20]}\n"
    "scenarios:\n"
    "  fixed-link:  # one tunnel for cars, one for trains\n"
    "    add: {gates: [{source: both/tunnel.geojson}]}\n"
    "  every-10-min:  # instead of every 20; the timetable's sailings give way to it\n"
    "    replace: {gates: [{source: both/overfart10.geojson}]}\n"
    "    close: [faerge, farja]\n"
    "  no-ferry:\n"
    "    close: [faerge, farja]\n"
    "goals:\n"
    "  - {indicator: access.share, variant: who-05, area: '9901', target: 90, year: 2030}\n"
    "  - {indicator: access.share, variant: scb-300, area: '9981', target: 90, year: 2035}\n";

static const char events[] =
    "event,level_m,heights,return_period_y,zone,year,source\n"
    "DK-T20,1.30,EPSG:5799,20,DK,2025,invented\n"
    "DK-T50,1.48,EPSG:5799,50,DK,2025,invented\n"
    "DK-T100,1.62,EPSG:5799,100,DK,2025,invented\n"
    "DK-T1000,2.05,EPSG:5799,1000,DK,2025,invented\n"
    "SE-T20,1.28,EPSG:5613,20,SE,2025,invented\n"
    "SE-T50,1.47,EPSG:5613,50,SE,2025,invented\n"
    "SE-T100,1.62,EPSG:5613,100,SE,2025,invented\n"
    "SE-T1000,2.08,EPSG:5613,1000,SE,2025,invented\n";

/* What people say of nature near their homes: a survey on each shore, in its own words. */
static const char surveys[] =
    "area,share,low,high,persons,standard,year,source,question\n"
    "9901,63,59,67,612,who-05,2025,invented,\"Oplever du let adgang til natur t\303\246t p\303\245 dit hjem?\"\n"
    "9902,36,29,43,188,who-05,2025,invented,\"Oplever du let adgang til natur t\303\246t p\303\245 dit hjem?\"\n"
    "9981,55,51,59,640,who-05,2025,invented,\"Upplever du att du har n\303\244ra till natur d\303\244r du bor?\"\n"
    "9982,41,34,48,203,who-05,2025,invented,\"Upplever du att du har n\303\244ra till natur d\303\244r du bor?\"\n";

/* Commuters between the municipalities, for `labour`, and the minutes between these, door to door. */
static const char flows[] =
    "from,to,persons\n"
    "9901,9901,4100\n9901,9902,330\n9901,9981,110\n9901,9982,12\n"
    "9902,9901,980\n9902,9902,900\n9902,9981,20\n9902,9982,4\n"
    "9981,9981,6300\n9981,9982,500\n9981,9901,340\n9981,9902,30\n"
    "9982,9981,1250\n9982,9982,1100\n9982,9901,66\n9982,9902,6\n";
static const char travel[] =
    "from,to,minutes\n"
    "9901,9901,10\n9901,9902,30\n9901,9981,40\n9901,9982,58\n"
    "9902,9902,10\n9902,9981,58\n9902,9982,76\n"
    "9981,9981,10\n9981,9982,30\n9982,9982,10\n";

/* ------------------------------------------------------------------------------------------------------- folders */

/* Removes the files of an open folder, and of its folders when `deep`; the demo goes no deeper. Needs no memory of
 * the context: it also runs when that is used up. */
static void sweep_open(int folder) {
  for (int deep = 1; deep >= 0; deep--) { /* first what is in folders, then what is here */
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *top = fd >= 0 ? fdopendir(fd) : NULL;
    for (struct dirent *entry; top && (entry = readdir(top));) {
      if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
      int below = deep ? openat(folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
      DIR *inner = below >= 0 ? fdopendir(below) : NULL;
      for (struct dirent *file; inner && (file = readdir(inner));) unlinkat(below, file->d_name, 0);
      if (inner) closedir(inner);
      if (!deep && unlinkat(folder, entry->d_name, 0) != 0) unlinkat(folder, entry->d_name, AT_REMOVEDIR);
    }
    if (top) closedir(top);
  }
}

static void sweep(const char *folder) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return;
  sweep_open(fd);
  close(fd);
  rmdir(folder);
}

static bool is_empty(const char *folder) {
  DIR *dir = opendir(folder);
  size_t entries = 0;
  while (dir && readdir(dir)) entries++;
  if (dir) closedir(dir);
  return dir && entries == 2; /* itself and its parent */
}

/* The target without trailing slashes, and the hidden folder beside it. */
static sund_code name_folders(sund_ctx *ctx, const char *folder, char **target, char **hidden) {
  char *clean = sund_text_copy(ctx, folder);
  if (!clean) return SUND_LIMIT;
  for (size_t n = strlen(clean); n > 1 && clean[n - 1] == '/'; n--) clean[n - 1] = 0;
  char *slash = strrchr(clean, '/');
  const char *name = slash ? slash + 1 : clean;
  if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
    return sund_fail(ctx, SUND_OUTPUT, "%s cannot become the demo's folder: name a new one", folder);
  *hidden = sund_text(ctx, "%.*s.%s.sund-tmp", slash ? (int)(name - clean) : 0, clean, name);
  *target = clean;
  return *hidden ? SUND_OK : SUND_LIMIT;
}

static sund_code check_target(sund_ctx *ctx, const char *target) {
  struct stat there;
  if (lstat(target, &there) == 0 && (!S_ISDIR(there.st_mode) || !is_empty(target)))
    return sund_fail(ctx, SUND_OUTPUT, "%s exists and is not an empty folder: name a new one", target);
  return SUND_OK;
}

static sund_code make_folders(sund_ctx *ctx, const char *target, const char *hidden) {
  if (mkdir(hidden, 0777) != 0)
    return sund_fail(ctx, SUND_OUTPUT, "cannot make the folder %s: %s", target,
                     errno == ENOENT ? "the folder above it is missing" : "is the folder above it writable?");
  for (size_t i = 0; i < COUNT(subfolders); i++) {
    const char *path = sund_text(ctx, "%s/%s", hidden, subfolders[i]);
    if (!path) return SUND_LIMIT;
    if (mkdir(path, 0777) != 0) return sund_fail(ctx, SUND_OUTPUT, "cannot make a folder in %s", target);
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------- the demo */

static sund_code new_plan(sund_ctx *ctx, demo_plan **out) {
  static const uint8_t fields[DEMO_LAYERS] = {2, 1, 4, 4, 1, 7, 2, 2, 4, 2, 3}; /* in the order of the layers */
  demo_plan *plan = sund_alloc(ctx, 1, sizeof *plan);
  if (!plan) return SUND_LIMIT;
  plan->columns = (size_t)(DEMO_WIDTH / DEMO_CELL);
  plan->rows = (size_t)(DEMO_HEIGHT / DEMO_CELL);
  float **real[] = {&plan->shore, &plan->low, &plan->bank};
  uint8_t **byte[] = {&plan->cover, &plan->green, &plan->district, &plan->commune, &plan->scratch};
  for (size_t i = 0; i < COUNT(real); i++)
    if (!(*real[i] = sund_alloc(ctx, plan->columns * plan->rows, sizeof **real[i]))) return SUND_LIMIT;
  for (size_t i = 0; i < COUNT(byte); i++)
    if (!(*byte[i] = sund_alloc(ctx, plan->columns * plan->rows, 1))) return SUND_LIMIT;
  for (int side = 0; side < DEMO_SIDES; side++)
    for (int layer = 0; layer < DEMO_LAYERS; layer++) plan->sheet[side][layer].fields = fields[layer];
  *out = plan;
  return SUND_OK;
}

static sund_code write_all(sund_ctx *ctx, const char *folder) {
  demo_plan *plan = NULL;
  TRY(new_plan(ctx, &plan));
  TRY(demo_region_draw(ctx, plan));
  TRY(demo_terrain_draw(ctx, plan));
  demo_districts_fill(plan);
  TRY(demo_green_draw(ctx, plan));
  TRY(demo_roads_draw(ctx, plan));
  TRY(demo_town_draw(ctx, plan));
  TRY(sund_progress(ctx, 0.3, "writing layers"));
  TRY(demo_files_write(ctx, plan, folder));
  TRY(demo_both_write(ctx, plan, folder));
  TRY(sund_progress(ctx, 0.95, "writing tables"));
  TRY(demo_transit_write(ctx, folder));
  TRY(demo_text_write(ctx, folder, "both/events.csv", events, sizeof events - 1));
  TRY(demo_text_write(ctx, folder, "both/oplevelse.csv", surveys, sizeof surveys - 1));
  TRY(demo_text_write(ctx, folder, "both/pendling.csv", flows, sizeof flows - 1));
  TRY(demo_text_write(ctx, folder, "both/rejsetid.csv", travel, sizeof travel - 1));
  return demo_text_write(ctx, folder, "demo.yaml", project, sizeof project - 1);
}

sund_code sund_demo_write(sund_ctx *ctx, const char *folder) {
  char *target = NULL, *hidden = NULL;
  TRY(name_folders(ctx, folder, &target, &hidden));
  TRY(check_target(ctx, target));
  sund_ctx *work = sund_ctx_child(ctx);
  if (!work) return SUND_LIMIT;
  sweep(hidden); /* of a run that was killed */
  sund_code code = make_folders(work, target, hidden);
  if (code == SUND_OK) code = write_all(work, hidden);
  if (code == SUND_OK && rename(hidden, target) != 0)
    code =
        sund_fail(work, SUND_OUTPUT, "cannot name the demo %s: has somebody put something there meanwhile?", target);
  if (code != SUND_OK) code = sund_ctx_pass(ctx, work);
  sund_ctx_free(work); /* before the sweep: closes what is open in there */
  if (code != SUND_OK) sweep(hidden);
  return code;
}
