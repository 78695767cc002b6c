package web

import "net/http"

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// routes is every route of the program, one line each, with the word that says who may come in.
func routes() []route {
	return []route{
		// The server itself
		{get, "/healthz", anyone, (*Server).healthz},
		{get, "/readyz", anyone, (*Server).readyz},
		{get, "/robots.txt", anyone, (*Server).robots},
		{get, "/assets/*", anyone, (*Server).asset},
		{get, "/style", demoOnly, (*Server).style},
		{get, "/sample/:guest", demoOnly, (*Server).showGuest},
		{post, "/sample/:guest", demoOnly, (*Server).enterAsGuest},
		{post, "/language", anyone, (*Server).chooseLanguage},

		// What everybody may read
		{get, "/", anyone, (*Server).showHome},
		{get, "/refusals", anyone, (*Server).showRefusals},
		{get, "/floor", anyone, (*Server).showFloor},
		{get, "/limits", anyone, (*Server).showLimits},

		// Coming in and going out
		{get, "/sign-in", anyone, (*Server).showSignIn},
		{post, "/sign-in", anyone, (*Server).signIn},
		{post, "/sign-out", anyone, (*Server).signOut},
		{get, "/recover", anyone, (*Server).showRecover},
		{post, "/recover", anyone, (*Server).recoverAccount},
		{get, "/join/:token", anyone, (*Server).showJoin},
		{post, "/join/:token", anyone, (*Server).join},

		// Setting a group up
		{get, "/setup/:token", anyone, (*Server).showSetup},
		{get, "/setup/:token/:step", anyone, (*Server).showSetupStep},
		{post, "/setup/:token/:step", anyone, (*Server).takeSetupStep},
		{get, "/start", signedIn, (*Server).showStart},
		{post, "/start", signedIn, (*Server).start},
		{post, "/g/:group/founding/call", members, (*Server).callFounding},
		{get, "/g/:group/begin/:step", members, (*Server).showBegin},
		{post, "/g/:group/begin/:step", members, (*Server).takeBegin},

		// A person's own account
		{get, "/me", signedIn, (*Server).showMe},
		{get, "/me/name", signedIn, (*Server).showName},
		{post, "/me/name", signedIn, (*Server).changeName},
		{get, "/me/email", signedIn, (*Server).showEmail},
		{post, "/me/email", signedIn, (*Server).changeEmail},
		{get, "/me/passphrase", signedIn, (*Server).showPassphrase},
		{post, "/me/passphrase", signedIn, (*Server).changePassphrase},
		{get, "/me/code", signedIn, (*Server).showCode},
		{post, "/me/code/kept", signedIn, (*Server).codeKept},
		{get, "/me/code/new", signedIn, (*Server).showNewCode},
		{post, "/me/code/new", signedIn, (*Server).newCode},
		{get, "/me/notices", signedIn, (*Server).showNotices},
		{post, "/me/notices", signedIn, (*Server).chooseNotices},
		{get, "/me/calendar", signedIn, (*Server).showCalendar},
		{post, "/me/calendar", signedIn, (*Server).makeCalendar},
		{post, "/me/calendar/end", signedIn, (*Server).endCalendar},
		{get, "/calendar/:file", anyone, (*Server).sendFeed},
		{get, "/stop/:token", anyone, (*Server).showStop},
		{post, "/stop/:token", byLink, (*Server).stop},
		{post, "/me/sessions/:session/end", signedIn, (*Server).endSession},
		{post, "/me/sessions/end-others", signedIn, (*Server).endOthers},

		// The people of a group
		{get, "/g/:group/people", members, (*Server).showPeople},
		{get, "/g/:group/name", members, (*Server).showRename},
		{post, "/g/:group/name", members, (*Server).rename},
		{get, "/g/:group/keys", members, (*Server).showKeys},
		{get, "/g/:group/keys/note", members, (*Server).showKeyForm},
		{post, "/g/:group/keys/note", members, (*Server).noteKey},
		{post, "/g/:group/keys/mail", members, (*Server).tryMail},
		{post, "/g/:group/keys/:key/claim", members, (*Server).claimKey},
		{post, "/g/:group/keys/:key/test", members, (*Server).testKey},
		{get, "/g/:group/invite", members, (*Server).showInvite},
		{post, "/g/:group/invite", members, (*Server).invite},
		{get, "/g/:group/invite/poster", members, (*Server).showPoster},
		{post, "/g/:group/invite/:invitation/revoke", members, (*Server).revokeInvite},
		{get, "/g/:group/leave", members, (*Server).showLeave},
		{post, "/g/:group/leave", members, (*Server).leave},

		// A group that is asleep, ends, or is archived
		{post, "/g/:group/here", members, (*Server).sayHere},
		{post, "/g/:group/bring-back", members, (*Server).reopen},
		{get, "/g/:group/wind-up", members, (*Server).showWindUp},
		{post, "/g/:group/wind-up", members, (*Server).windUp},

		// Who may do what
		{get, "/g/:group/powers", members, (*Server).showPowers},
		{get, "/g/:group/powers/:role", members, (*Server).showRole},
		{post, "/g/:group/powers/:role/answer", members, (*Server).answerRole},
		{post, "/g/:group/powers/:role/words", members, (*Server).throwIn},
		{post, "/g/:group/powers/:role/give-up", members, (*Server).giveUpTerm},
		{get, "/g/:group/powers/:role/waiver", members, (*Server).showWaiver},
		{post, "/g/:group/powers/:role/waiver", members, (*Server).proposeWaiver},
		{get, "/g/:group/powers/:role/reserved", members, (*Server).showReserved},
		{post, "/g/:group/powers/:role/reserved", members, (*Server).proposeReserved},
		{get, "/g/:group/powers/:role/wake", members, (*Server).showWake},
		{post, "/g/:group/powers/:role/wake", members, (*Server).proposeWake},
		{get, "/g/:group/powers/:role/stay", members, (*Server).showStay},
		{post, "/g/:group/powers/:role/stay", members, (*Server).proposeStay},
		{get, "/g/:group/powers/:role/end/:term", members, (*Server).showPetition},
		{post, "/g/:group/powers/:role/end/:term", members, (*Server).startPetition},
		{post, "/g/:group/powers/:role/end/:term/sign", members, (*Server).signPetition},
		{post, "/g/:group/powers/:role/end/:term/unsign", members, (*Server).unsignPetition},
		{post, "/g/:group/powers/:role/end/:term/answer", members, (*Server).answerPetition},
		{get, "/g/:group/draws/:draw", members, (*Server).sendDraw},

		// Learning a role and handing it over
		{get, "/g/:group/powers/:role/learn", members, (*Server).showLearn},
		{post, "/g/:group/powers/:role/learn/shadow", members, learnAct("handover.flash.asked", askShadow)},
		{post, "/g/:group/powers/:role/learn/invite", members, (*Server).inviteShadow},
		{post, "/g/:group/powers/:role/learn/agree", members, learnAct("handover.flash.kept", agreeShadow)},
		{post, "/g/:group/powers/:role/learn/end", members, learnAct("handover.flash.ended", endShadow)},
		{post, "/g/:group/powers/:role/learn/sit", members, learnAct("handover.flash.kept", sitTogether)},
		{post, "/g/:group/powers/:role/learn/confirm", members, learnAct("handover.flash.kept", confirmSitting)},
		{post, "/g/:group/powers/:role/learn/volunteer", members, learnAct("handover.flash.kept", volunteer)},
		{post, "/g/:group/powers/:role/learn/stop", members, learnAct("handover.flash.ended", stopUnderstudy)},
		{post, "/g/:group/powers/:role/learn/would", members, (*Server).wouldYou},
		{post, "/g/:group/powers/:role/learn/advise", members, (*Server).mayAsk},
		{get, "/g/:group/powers/:role/handover/:term", members, (*Server).showSheet},
		{post, "/g/:group/powers/:role/handover/:term", members, (*Server).writeSheet},
		{post, "/g/:group/powers/:role/handover/:term/check", members, (*Server).checkSheet},
		{post, "/g/:group/powers/:role/handover/:term/met", members, (*Server).metForSheet},
		{post, "/g/:group/powers/:role/handover/:term/finish", members, (*Server).finishSheet},
		{get, "/g/:group/powers/:role/handover-list", members, (*Server).showHandoverList},
		{post, "/g/:group/powers/:role/handover-list", members, (*Server).changeHandoverList},
		{get, "/g/:group/lots/:lot", members, (*Server).sendLot},

		// Votes
		{get, "/g/:group/proposals/:n/vote", members, (*Server).showVote},
		{post, "/g/:group/proposals/:n/vote/check", members, (*Server).checkVote},
		{post, "/g/:group/proposals/:n/vote", members, (*Server).castVote},
		{get, "/g/:group/proposals/:n/vote/codes", members, (*Server).showCodes},
		{get, "/g/:group/proposals/:n/vote/codes.txt", members, (*Server).codesText},

		// Elections
		{post, "/g/:group/proposals/:n/stand", members, (*Server).stand},
		{post, "/g/:group/proposals/:n/stand-down", members, (*Server).standDown},
		{post, "/g/:group/proposals/:n/nominate", members, (*Server).nominate},
		{get, "/g/:group/proposals/:n/share", members, (*Server).showShare},
		{post, "/g/:group/proposals/:n/share", members, (*Server).askToShare},
		{post, "/g/:group/proposals/:n/share/agree", members, (*Server).agreeToShare},
		{post, "/g/:group/proposals/:n/share/decline", members, (*Server).declineToShare},
		{post, "/g/:group/proposals/:n/questions", members, (*Server).askCandidates},
		{post, "/g/:group/proposals/:n/answers", members, (*Server).answerQuestion},
		{post, "/g/:group/proposals/:n/objections", members, (*Server).object},
		{get, "/g/:group/proposals/:n/papers.blt", members, (*Server).sendPapers},
		{get, "/g/:group/proposals/:n/count.json", members, (*Server).sendSheet},

		// Selections by consent
		{get, "/g/:group/selections/:n", members, (*Server).showSelection},
		{post, "/g/:group/selections/:n/name", members, (*Server).writeName},
		{post, "/g/:group/selections/:n/answer", members, (*Server).answerNames},
		{post, "/g/:group/selections/:n/accept", members, (*Server).acceptRole},
		{post, "/g/:group/selections/:n/not-me", members, (*Server).declineName},

		// Meetings
		{get, "/m/:code", anyone, (*Server).showDoor},
		{get, "/g/:group/meetings", members, (*Server).listMeetings},
		{get, "/g/:group/meetings/new", members, (*Server).showCall},
		{post, "/g/:group/meetings/new", members, (*Server).callMeeting},
		{post, "/g/:group/meetings/topics", members, meetingsAct("meeting.flash.put", putTopic)},
		{post, "/g/:group/meetings/topics/:item/back", members, meetingsAct("meeting.flash.back", takeTopicBack)},
		{post, "/g/:group/meetings/ask", members, meetingsAct("meeting.flash.asked", askForMeeting)},
		{post, "/g/:group/meetings/ask/:n/sign", members, meetingsAct("meeting.flash.signed", signForMeeting)},
		{post, "/g/:group/meetings/ask/:n/unsign", members, meetingsAct("meeting.flash.unsigned", unsignForMeeting)},
		{get, "/g/:group/meetings/:n", members, (*Server).showMeeting},
		{get, "/g/:group/meetings/:n/event", members, (*Server).sendMeeting},
		{get, "/g/:group/meetings/:n/print", members, (*Server).printMeeting},
		{get, "/g/:group/meetings/:n/move", members, (*Server).showMove},
		{post, "/g/:group/meetings/:n/move", members, (*Server).moveMeeting},
		{post, "/g/:group/meetings/:n/here", members, meetingAct(comeIn)},
		{post, "/g/:group/meetings/:n/gone", members, meetingAct(goOut)},
		{post, "/g/:group/meetings/:n/would", members, meetingAct(wouldDo)},
		{post, "/g/:group/meetings/:n/begin", members, meetingAct(beginMeeting)},
		{post, "/g/:group/meetings/:n/adopt", members, meetingAct(adoptAgenda)},
		{post, "/g/:group/meetings/:n/items/:item/take", members, itemAct(takeItem)},
		{post, "/g/:group/meetings/:n/items/:item/finish", members, itemAct(finishItem)},
		{post, "/g/:group/meetings/:n/items/:item/vote", members, itemAct(putToVote)},
		{post, "/g/:group/meetings/:n/raise", members, meetingAct(raiseHand)},
		{post, "/g/:group/meetings/:n/next", members, meetingAct(callNext)},
		{post, "/g/:group/meetings/:n/hands/:hand/lower", members, handAct(lowerHand)},
		{post, "/g/:group/meetings/:n/hands/:hand/first", members, handAct(letFirst)},
		{post, "/g/:group/meetings/:n/hands/:hand/finished", members, handAct(finished)},
		{post, "/g/:group/meetings/:n/hands/:hand/hear", members, handAct(hearQuestion)},
		{post, "/g/:group/meetings/:n/hands/:hand/more", members, handAct(moreTime)},
		{post, "/g/:group/meetings/:n/hands/:hand/put", members, handAct(putFirst)},
		{post, "/g/:group/meetings/:n/hand-over", members, meetingAct(handJobOver)},
		{post, "/g/:group/meetings/:n/take-over", members, meetingAct(takeOver)},
		{post, "/g/:group/meetings/:n/end", members, meetingAct(closeMeeting)},

		// Decisions
		{get, "/g/:group/decisions", members, (*Server).listDecisions},
		{get, "/g/:group/decisions/:number", members, (*Server).showDecision},
		{post, "/g/:group/decisions/:number/sign", members, (*Server).signCount},
		{get, "/g/:group/decisions/:number/dissent", members, (*Server).showDissent},
		{post, "/g/:group/decisions/:number/dissent", members, (*Server).fileDissent},
		{post, "/g/:group/decisions/:number/dissent/:dissent/sign", members, (*Server).signDissent},

		// What is before a group, and its proposals
		{get, "/g/:group", members, (*Server).showNow},
		{get, livePath, members, (*Server).listen},
		{get, "/g/:group/proposals", members, (*Server).showMotions},
		{get, "/g/:group/proposals/new", members, (*Server).newMotion},
		{post, "/g/:group/proposals/new", members, (*Server).writeMotion},
		{get, "/g/:group/proposals/:n", members, (*Server).showMotion},
		{get, "/g/:group/proposals/:n/edit", members, (*Server).editMotion},
		{post, "/g/:group/proposals/:n/edit", members, (*Server).rewriteMotion},
		{post, "/g/:group/proposals/:n/propose", members, (*Server).proposeDraft},
		{post, "/g/:group/proposals/:n/delete", members, (*Server).deleteDraft},
		{get, "/g/:group/proposals/:n/versions", members, (*Server).showVersions},
		{post, "/g/:group/proposals/:n/support", members, (*Server).support},
		{post, "/g/:group/proposals/:n/unsupport", members, (*Server).unsupport},
		{post, "/g/:group/proposals/:n/secret", members, (*Server).askSecret},
		{get, "/g/:group/proposals/:n/statements", members, (*Server).showStatements},
		{post, "/g/:group/proposals/:n/statements", members, (*Server).argue},
		{post, "/g/:group/proposals/:n/withdraw", members, (*Server).withdraw},
		{post, "/g/:group/proposals/:n/take-over", members, (*Server).takeOver},

		// The talk about a proposal
		{get, "/g/:group/proposals/:n/talk", members, (*Server).showTalk},
		{post, "/g/:group/proposals/:n/talk", members, (*Server).sayWhole},
		{post, "/g/:group/proposals/:n/talk/seen", members, (*Server).seen},
		{get, "/g/:group/proposals/:n/talk/:post", members, (*Server).showPost},
		{post, "/g/:group/proposals/:n/talk/:post", members, (*Server).answerPost},
		{get, "/g/:group/proposals/:n/talk/:post/edit", members, (*Server).showPostEdit},
		{post, "/g/:group/proposals/:n/talk/:post/edit", members, (*Server).editPost},
		{get, "/g/:group/proposals/:n/talk/:post/versions", members, (*Server).showWordings},

		// Its rules
		{get, "/g/:group/rules", members, (*Server).showRules},
		{get, "/g/:group/rules/:version", members, (*Server).showRulesVersion},

		// The record
		{get, "/g/:group/record", members, (*Server).showRecord},
		{get, "/g/:group/record/export", members, (*Server).showExport},
		{get, "/g/:group/record/export/file", members, (*Server).sendExport},
		{get, "/g/:group/record/:entry", members, (*Server).showEntry},
		{get, "/verify", anyone, (*Server).showVerify},
		{post, "/verify", anyone, (*Server).checkFile},
	}
}
