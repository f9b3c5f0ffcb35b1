// Package chat speaks with the chat suites that companies use (WeCom 企业微信, Feishu 飞书, DingTalk 钉钉): signing in,
// the directory, messages to people, group robots and callbacks. It knows no business words.
//
// All three answer HTTP 200 with an error code inside: what counts is the code, and every failure comes back as *Error,
// which says whether trying again helps. A message to several people can fail for some of them: Receipt names them.
// Addresses are settings, for private installations and for tests.
package chat
