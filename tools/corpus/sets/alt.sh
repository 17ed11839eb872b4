# read by fetch-music.sh: the packages of the "alt" set, which shares no music with "dev"
SET=alt
MUSIC="hyperrogue-music planetblupi-music-ogg planetblupi-music-midi drascula-music warzone2100-music
       supertux-data fretsonfire-songs-muldjord extremetuxracer-data pathological
       tomatoes-data tecnoballz-data rafkill-data open-invaders-data flobopuyo criticalmass-data"
FONTS="musescore-general-soundfont-small:muse csound-soundfont:csound"   # package:short name
MODULES="tomatoes-data tecnoballz-data rafkill-data open-invaders-data flobopuyo criticalmass-data"
MIDI="planetblupi-music-midi"; MIDI_MAX=6
STEMS="fretsonfire-songs-muldjord"
SKIP='/sounds?/|/sfx/.*\.(ogg|wav)$'   # effects, which are no music
LICENCES=""
