<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the wiki of the comparison has beyond others: the extension tags and prefixes of Wikimedia's wikis, and
# action=agree, which answers many action=parse at once and has the tree of a transclusion too.

wfLoadExtensions( [ 'Poem', 'ImageMap' ] );
$wgAPIMaxResultSize = 512 * 1024 * 1024;
$wgMaxArticleSize = 16 * 1024;
$wgMemoryLimit = '2G';
$wgInterwikiScopes = 1;
$wgInterwikiCache = [];
foreach ( [ 'w', 'wikt', 'm', 'mw', 'c', 'commons', 'wikipedia', 'de', 'en', 'fr', 'es', 'sv', 'ru', 'ja', 'ar', 'he', 'zh', 'pt-br', 'simple' ] as $prefix ) {
	$wgInterwikiCache["$wgDBname:$prefix"] = "0 https://$prefix.wiki.example/wiki/\$1";
}
$wgInterwikiCache["__list:$wgDBname"] = implode( ' ', array_map( static fn ( $key ) => explode( ':', $key )[1], array_keys( $wgInterwikiCache ) ) );

# These render something here that has no links, or nothing: only that they are extension tags matters.
$wgHooks['ParserFirstCallInit'][] = static function ( $parser ) {
	foreach ( [ 'math', 'ce', 'chem', 'score', 'timeline', 'hiero', 'graph', 'section', 'categorytree', 'templatestyles', 'mapframe', 'maplink', 'charinsert', 'phonos', 'languages' ] as $tag ) {
		$parser->setHook( $tag, static fn () => '' );
	}
};

# Every template is there and empty, so that no red link to it meets what stands beside it.
$wgHooks['BeforeParserFetchTemplateRevisionRecord'][] = static function ( $context, $title, &$skip, &$revision ) {
	$revision = new MediaWiki\Revision\MutableRevisionRecord( Title::castFromLinkTarget( $title ) );
	$revision->setContent( 'main', new WikitextContent( '' ) );
};

$wgAPIModules['agree'] = AgreeApi::class;

class AgreeApi extends ApiBase {
	public function execute() {
		$params = $this->extractRequestParams();
		$answers = [];
		foreach ( json_decode( $params['texts'] ) as $text ) {
			$answers[] = $this->ask( $text, $params['prop'] );
		}
		$this->getResult()->addValue( null, 'agree', $answers, ApiResult::NO_SIZE_CHECK );
	}

	private function ask( $text, $prop ) {
		$request = new FauxRequest( [
			'action' => 'parse', 'formatversion' => '2', 'title' => 'Agree', 'contentmodel' => 'wikitext', 'text' => $text, 'prop' => $prop,
			'disablelimitreport' => '1', 'disableeditsection' => '1',
		], true );
		try {
			$api = new ApiMain( $request );
			$api->execute();
			$answer = $api->getResult()->getResultData( [ 'parse' ], [ 'Types' => [], 'Strip' => 'all' ] );
			$parser = MediaWiki\MediaWikiServices::getInstance()->getParserFactory()->create();
			$parser->startExternalParse( Title::newFromText( 'Agree' ), ParserOptions::newFromAnon(), Parser::OT_PREPROCESS );
			$answer['transclusion'] = $parser->preprocessToDom( $answer['wikitext'], Parser::PTD_FOR_INCLUSION )->__toString();
			return $answer;
		} catch ( Throwable $e ) {
			return [ 'error' => get_class( $e ) . ': ' . $e->getMessage() ];
		}
	}

	public function mustBePosted() {
		return true;
	}

	protected function getAllowedParams() {
		return [ 'texts' => [ 'type' => 'text' ], 'prop' => null ];
	}
}
