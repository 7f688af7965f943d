import "htmx.org";

import { takeOwnAddress } from "./behaviours/address";
import { offerMute } from "./behaviours/alarm";
import { countCharacters } from "./behaviours/counts";
import { dial } from "./behaviours/dial";
import { countOn } from "./behaviours/due";
import { findWhileTyping, printOnDemand } from "./behaviours/finds";
import { passFocusOn } from "./behaviours/focus";
import { sendOnce } from "./behaviours/forms";
import { keepWords } from "./behaviours/kept";
import { listenToKeys } from "./behaviours/keys";
import { askBeforeLeaving } from "./behaviours/leaving";
import { keepLists } from "./behaviours/lists";
import { keepFresh } from "./behaviours/live";
import { offerPlace } from "./behaviours/locate";
import { offerNearest } from "./behaviours/near";
import { closeMenus } from "./behaviours/look";
import { openMaps } from "./behaviours/maps";
import { holdWithoutNetwork } from "./behaviours/network";
import { submitOnOpen } from "./behaviours/opened";
import { openPalette } from "./behaviours/palette";
import { tellRefusals } from "./behaviours/refusals";
import { offerSharing } from "./behaviours/share";
import { tickRows } from "./behaviours/ticks";
import { offerUndo } from "./behaviours/undo";

holdWithoutNetwork();
takeOwnAddress(); // before what goes by the address
listenToKeys();
openPalette();
keepLists();
offerPlace();
askBeforeLeaving(); // before what takes a form as sent
offerNearest();
keepWords();
dial(); // before what sends forms, as the next
offerUndo();
sendOnce();
passFocusOn();
tellRefusals();
countOn();
countCharacters();
offerSharing();
closeMenus();
submitOnOpen();
findWhileTyping();
printOnDemand();
openMaps();
offerMute();
keepFresh();
tickRows();
