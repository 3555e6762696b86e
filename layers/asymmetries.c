/* asymmetries.c - what makes registers of the two shores differ although nature does not. Beside every comparison
 * across the Sound; docs/profiles.md says more of each. */
#include "sund/layers.h"

const sund_asymmetry sund_asymmetries[] = {
    {"forest",
     SUND_GREEN,
     {"Skov: i Danmark arealanvendelse med ejer, i Sverige arealdække uden; hugst er skov i Danmark",
      "Skog: i Danmark markanvändning med ägare, i Sverige marktäcke utan; hygge är skog i Danmark",
      "Forest: land use with an owner in Denmark, land cover without one in Sweden; clearings are forest in "
      "Denmark"}},
    {"park",
     SUND_GREEN,
     {"Parker: GeoDanmark skelner ikke park, legeplads og plæne; NMD og Marktäcke har ingen parker",
      "Parker: GeoDanmark skiljer inte park, lekplats och gräsmatta; NMD och Marktäcke har inga parker",
      "Parks: GeoDanmark does not tell park, playground and lawn apart; NMD and Marktäcke have no parks"}},
    {"access",
     SUND_GREEN,
     {"Adgang: privat skov er i Danmark kun åben ad stier og veje kl. 6 til solnedgang, i Sverige ved allemansretten",
      "Tillträde: privat skog är i Danmark öppen endast på stigar och vägar kl. 6 till solnedgång, i Sverige enligt "
      "allemansrätten",
      "Access: private woods are open on paths from 6 to sunset only in Denmark, by allemansrätten in Sweden"}},
    {"people",
     SUND_HOMES,
     {"Mennesker: svensk åbent kvadratnet er 1 km med alder, dansk fint net købes; kun Eurostats net er ens",
      "Människor: svenskt öppet rutnät är 1 km med ålder, danskt fint nät köps; endast Eurostats nät är lika",
      "People: the open Swedish grid has 1 km cells with ages, the fine Danish one is bought; only Eurostat's is "
      "alike"}},
    {"paths",
     SUND_PATHS,
     {"Stier: GeoDanmark og GeoFA mod NVDB, som mangler mange parkstier; OpenStreetMap er ens i regler, ikke i "
      "dækning",
      "Stigar: GeoDanmark och GeoFA mot NVDB, som saknar många parkstigar; OpenStreetMap är lika i regler, inte i "
      "täckning",
      "Paths: GeoDanmark and GeoFA against NVDB, which lacks many park paths; OpenStreetMap is alike in rules, not "
      "in "
      "coverage"}},
    {.id = NULL},
};
