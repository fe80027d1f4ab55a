<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What every test wiki has in common. Before this file is read, the generated LocalSettings.php has set $wgServer,
# $wgDBname, $wgSQLiteDataDir, $wgSitename, $wgSecretKey and $wikitestDir.

$wgDBtype = 'sqlite';
$wgScriptPath = '';
$wgUsePathInfo = true;
$wgArticlePath = '/index.php/$1';
$wgResourceBasePath = '';
$wgLogos = false;
$wgDiff3 = '/usr/bin/diff3';

# Every database file is in WAL mode (see template.go), so readers do not stop a writer. A wiki that dies with the
# machine is of no use to anyone: no waiting for the disk.
$wikitestStore = static function ( $name ) use ( $wgSQLiteDataDir ) {
	return [
		'type' => 'sqlite',
		'dbname' => $name,
		'tablePrefix' => '',
		'variables' => [ 'synchronous' => 'OFF' ],
		'dbDirectory' => $wgSQLiteDataDir,
		'trxMode' => 'IMMEDIATE',
		'flags' => 0,
	];
};
$wgDBservers = [ [
	'type' => 'sqlite',
	'host' => '',
	'dbname' => $wgDBname,
	'user' => '',
	'password' => '',
	'load' => 1,
	'variables' => [ 'synchronous' => 'OFF' ],
	'flags' => DBO_DEFAULT,
] ];
$wgObjectCaches[CACHE_DB] = [
	'class' => SqlBagOStuff::class,
	'loggroup' => 'SQLBagOStuff',
	'server' => $wikitestStore( 'wikicache' ),
];
$wgJobTypeConf['default'] = [
	'class' => 'JobQueueDB',
	'claimTTL' => 3600,
	'server' => $wikitestStore( 'jobqueue' ),
];

# No shared cache: every process sees a changed message, gadget list or filter at once.
$wgMainCacheType = CACHE_NONE;
$wgSessionCacheType = CACHE_DB;
$wgParserCacheType = CACHE_DB;
$wgLocalisationCacheConf['store'] = 'array';
$wgLocalisationCacheConf['storeDirectory'] = "$wikitestDir/l10n";
$wgCacheDirectory = false;
$wgJobRunRate = 0; # Wiki.RunJobs runs them

$wgEnableEmail = false;
$wgEnableUploads = false;
$wgPingback = false;
$wgRateLimits = [];
$wgPasswordAttemptThrottle = [];
$wgPasswordPolicy['policies'] = [ 'default' => [] ];
$wgPasswordConfig['pbkdf2']['cost'] = 1;
$wgShowExceptionDetails = true;
$wgDebugLogGroups['exception'] = "$wikitestDir/exception.log";
$wgDebugLogGroups['error'] = "$wikitestDir/exception.log";

$wgLocaltimezone = 'UTC';
$wgLanguageCode = 'en';
$wgNamespacesWithSubpages[NS_MAIN] = true;
$wgNamespacesWithSubpages[NS_PROJECT] = true;
$wgNamespacesWithSubpages[NS_TEMPLATE] = true;
$wgAllowUserJs = true;
$wgAllowUserCss = true;

$wgGroupPermissions['sysop']['deleterevision'] = true;
$wgGroupPermissions['sysop']['deletelogentry'] = true;
$wgGroupPermissions['bot']['noratelimit'] = true;
$wgGroupPermissions['bot']['skipcaptcha'] = true;

wfLoadExtensions( $wikitestExtensions );
wfLoadSkins( [ 'MinervaNeue', 'MonoBook', 'Vector' ] );
$wgDefaultSkin = 'vector-2022';

# Nobody solves captchas here, and no list is fetched from elsewhere.
foreach ( [ 'edit', 'create', 'sendemail', 'addurl', 'createaccount', 'badlogin', 'badloginperuser' ] as $trigger ) {
	$wgCaptchaTriggers[$trigger] = false;
}
$wgBlacklistSettings = [ 'spam' => [ 'files' => [] ], 'email' => [ 'files' => [] ] ];
$wgPFEnableStringFunctions = true;
