// SPDX-License-Identifier: GPL-3.0-or-later

// This file holds the tests of timestamps and signatures against MediaWiki,
// which signs in every language, and what asks it how it does.

package wikitext

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/wiki/wikitest"
)

var updateTimestamps = flag.Bool("update", false, "write timestamps.json from what MediaWiki says")

// signer makes a wiki speak the language and live in the zone that a request
// asks for. It tells how languages write dates, or signs at given times.
const signer = `
$wgLanguageCode = $_GET['language'] ?? 'en';
$wgLocaltimezone = $_GET['zone'] ?? 'UTC';
$wgLocalisationCacheConf['manualRecache'] = false;
$wgExtensionFunctions[] = static function () {
	$services = MediaWiki\MediaWikiServices::getInstance();
	$answer = [];
	if ( isset( $_GET['dates'] ) ) {
		foreach ( array_keys( $services->getLanguageNameUtils()->getLanguageNames( null, 'mwfile' ) ) as $code ) {
			set_time_limit( 60 );
			$l = $services->getLanguageFactory()->getLanguage( $code );
			$format = $l->getDateFormatString( 'both', 'default' );
			$names = [];
			$all = [ 'xg' => [ 'getMonthNameGen', 12 ], 'F' => [ 'getMonthName', 12 ], 'M' => [ 'getMonthAbbreviation', 12 ],
				'D' => [ 'getWeekdayAbbreviation', 7 ], 'l' => [ 'getWeekdayName', 7 ] ];
			foreach ( $all as $sign => [ $method, $count ] ) {
				if ( strpos( preg_replace( '/"[^"]*"|\\\\./', '', $format ), $sign ) !== false ) {
					$names[$sign] = array_map( [ $l, $method ], range( 1, $count ) );
				}
			}
			$digits = $l->formatNumNoSeparators( '0123456789' );
			$answer[$code] = [ 'format' => $format, 'names' => (object)$names, 'utc' => wfMessage( 'timezone-utc' )->inLanguage( $l )->text(),
				'digits' => $digits === '0123456789' ? '' : $digits, 'contributions' => $l->getSpecialPageAliases()['Contributions'] ];
			$services->getLocalisationCache()->unload( $code );
		}
	} elseif ( isset( $_GET['times'] ) ) {
		$user = User::newFromName( 'Ada L' );
		foreach ( explode( '|', $_GET['times'] ) as $time ) {
			MWTimestamp::setFakeTime( $time );
			$options = ParserOptions::newFromUser( $user );
			$options->setTimestamp( $time );
			$answer[] = $services->getParser()->preSaveTransform( $_GET['text'], Title::newFromText( 'Talk:X' ), $user, $options );
		}
	} else {
		return;
	}
	header( 'Content-Type: application/json' );
	echo json_encode( $answer, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR );
	exit;
};
`

// askSigner sends a request to a wiki with the signer.
func askSigner(t *testing.T, wiki *wikitest.Wiki, params url.Values, answer any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, wiki.URL+"/api.php?"+params.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(body, answer)
	}
	if err != nil {
		t.Fatalf("%v: %v: %.300s", params, err, body)
	}
}

// go test -run TestTimestampData -update ./wikitext writes timestamps.json.
func TestTimestampData(t *testing.T) {
	if !*updateTimestamps {
		t.Skip("only with -update")
	}
	wiki := wikitest.Start(t, wikitest.Options{Extra: signer})
	var languages map[string]json.RawMessage
	askSigner(t, wiki, url.Values{"dates": {""}}, &languages)
	like := map[string]string{}
	var b bytes.Buffer
	b.WriteString("{\"languages\": {\n")
	codes := slices.Sorted(func(yield func(string) bool) {
		for code := range languages {
			if !yield(code) {
				return
			}
		}
	})
	// Languages that are written like another one say so.
	slices.SortStableFunc(codes, func(a, b string) int { return len(a) - len(b) })
	first := map[string]string{}
	first[string(languages["en"])] = "en"
	var kept []string
	for _, code := range codes {
		if same, ok := first[string(languages[code])]; ok && same != code {
			like[code] = same
			continue
		}
		first[string(languages[code])] = code
		kept = append(kept, code)
	}
	slices.Sort(kept)
	kept = slices.DeleteFunc(kept, func(code string) bool { return code == "wa" }) // has rules that no format tells
	for i, code := range kept {
		if i > 0 {
			b.WriteString(",\n")
		}
		fmt.Fprintf(&b, "%q: %s", code, languages[code])
	}
	likes, err := json.Marshal(like)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&b, "\n},\n\"like\": %s}\n", likes)
	if err := os.WriteFile("timestamps.json", b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// signedTimes are in every month, on days and at hours of one digit and of two.
var signedTimes = []string{"20260101000000", "20260202010959", "20260330235930", "20260404123456", "20260512030405", "20260619171819", "20260731102000",
	"20260808080808", "20260930111213", "20261010202122", "20261125003000", "20261225013000", "20240229235959", "20051231090000"}

// MediaWiki signs in a language and a zone, and we read it.
func checkSigned(t *testing.T, wiki *wikitest.Wiki, code, zone string, times []string) {
	t.Helper()
	var signed []string
	askSigner(t, wiki, url.Values{"language": {code}, "zone": {zone}, "times": {strings.Join(times, "|")}, "text": {"A) ~~~~~ (b) ~~~~~.\n* ~~~~"}}, &signed)
	if len(signed) != len(times) {
		t.Fatalf("%s signed %d times", code, len(signed))
	}
	site := siteIn(t, code, zone)
	for i, text := range signed {
		want, err := time.Parse("20060102150405", times[i])
		if err != nil {
			t.Fatal(err)
		}
		want = want.Truncate(time.Minute)
		d := site.Parse(text)
		var found []string
		for ts := range d.Timestamps() {
			found = append(found, strings.TrimLeft(text[ts.Start:ts.End], " \u200e\u200f"))
			if !ts.Time.Equal(want) {
				t.Errorf("%s: %q is %v, want %v", code, text, ts.Time, want)
			}
		}
		middle, _, _ := strings.Cut(strings.TrimPrefix(text, "A) "), " (b) ")
		middle = strings.TrimLeft(middle, " \u200e\u200f")
		if diff := cmp.Diff([]string{middle, middle, middle}, found); diff != "" {
			t.Errorf("%s: %q (-want +got):\n%s", code, text, diff)
		}
	}
}

// In the languages of the larger wikis, some in zones of their own, and with the
// hour that comes twice.
func TestTimestampsAsMediaWikiWritesThem(t *testing.T) {
	wiki := wikitest.Start(t, wikitest.Options{Extra: signer})
	for code, zone := range map[string]string{
		"en": "UTC", "de": "Europe/Berlin", "fr": "Europe/Paris", "es": "UTC", "it": "Europe/Rome", "pt": "UTC", "pt-br": "America/Sao_Paulo", "nl": "Europe/Amsterdam",
		"pl": "Europe/Warsaw", "ru": "UTC", "uk": "UTC", "sv": "Europe/Stockholm", "nb": "Europe/Oslo", "fi": "Europe/Helsinki", "cs": "Europe/Prague", "hu": "Europe/Budapest",
		"ja": "UTC", "zh": "UTC", "ko": "UTC", "vi": "UTC", "th": "Asia/Bangkok", "ar": "UTC", "fa": "Asia/Tehran", "he": "Asia/Jerusalem", "hi": "UTC", "bn": "Asia/Dhaka", "my": "UTC",
		"sh": "UTC", "tr": "Europe/Istanbul",
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			checkSigned(t, wiki, code, zone, append(signedTimes, "20261025003000", "20261025013000", "20260329005900", "20260329010000"))
		})
	}
}

// In every language that MediaWiki knows.
func TestSoakTimestampsInEveryLanguage(t *testing.T) {
	if os.Getenv("SOAK") == "" {
		t.Skip("SOAK is not set")
	}
	wiki := wikitest.Start(t, wikitest.Options{Extra: signer})
	all := languages()
	for code := range all.Languages {
		checkSigned(t, wiki, code, "UTC", signedTimes)
	}
	for code := range all.Like {
		checkSigned(t, wiki, code, "UTC", signedTimes)
	}
}
