# read by fetch-music.sh: scores (MIDI) by other composers than those of "dev" and "alt", for the hard negatives that
# the accuracy suite renders itself. Nothing is gathered or rendered here; their effects are no music.
SET=scores
MUSIC="simutrans-data freedoom"
FONTS="opl3-soundfont:opl3"
MODULES=""
MIDI=""
STEMS=""
SKIP='.'
LICENCES="simutrans-data=Artistic;
  freedoom=BSD-3-clause"
