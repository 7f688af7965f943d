import { countOn } from "./behaviours/due";
import { sendOnce } from "./behaviours/forms";
import { keepWords } from "./behaviours/kept";
import { offerPlace } from "./behaviours/locate";
import { switchType } from "./behaviours/look";
import { openMaps } from "./behaviours/maps";
import { tellRead } from "./behaviours/read";
import { offerSharing } from "./behaviours/share";

switchType();
keepWords();
sendOnce();
countOn();
offerSharing();
offerPlace();
tellRead();
openMaps();
