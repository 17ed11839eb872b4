# read by fetch-music.sh: about 20 MB of packages, for the accuracy test that runs with every `npm test`
SET=small
MUSIC="asc-music openttd-openmsx tecnoballz-data"
FONTS="timgm6mb-soundfont:timgm6mb csound-soundfont:csound"   # package:short name
MODULES="tecnoballz-data"
MIDI="openttd-openmsx"; MIDI_MAX=3
STEMS=""
RENDER_SECONDS=45
LICENCES="asc-music=GPL-2+;
  openttd-openmsx=GPL-2;
  tecnoballz-data=GPL-2+"
