//! Published values that several tests share, as hexadecimal text.
//!
//! Those of key creation are the example at <https://core.telegram.org/mtproto/samples-auth_key>, steps numbered as there.

use super::{hash, ige, kdf};

/// The bytes of hexadecimal text; white space is skipped.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).expect("hexadecimal") as u8)
        .collect();
    let (pairs, rest) = digits.as_chunks::<2>();
    assert!(rest.is_empty(), "an odd number of digits");
    pairs.iter().map(|[high, low]| high << 4 | low).collect()
}

/// The same as an array.
pub(crate) fn hex_array<const N: usize>(text: &str) -> [u8; N] {
    hex(text).try_into().expect("as many bytes as the array")
}

/// SHA-1, data and padding of step 7.1, before encryption. The data is a client_DH_inner_data with retry_id 0.
pub(crate) fn client_data_with_hash() -> Vec<u8> {
    let data = [
        hex("54b64366"),
        hex(NONCE),
        hex(SERVER_NONCE),
        vec![0; 8],
        hex("fe000100"),
        hex(G_B),
    ]
    .concat();
    [hash::sha1(&[&data]).to_vec(), data, hex(CLIENT_PADDING)].concat()
}

/// The server_DH_inner_data of step 6 with SHA-1 and padding, decrypted from [`ENCRYPTED_ANSWER`].
pub(crate) fn answer_with_hash() -> Vec<u8> {
    let secret = kdf::exchange_secret(&hex_array(SERVER_NONCE), &hex_array(NEW_NONCE));
    let mut answer = hex(ENCRYPTED_ANSWER);
    ige::decrypt(&secret, &mut answer).expect("whole blocks");
    let data = answer[20..20 + 564].to_vec();
    assert_eq!(answer[..20], hash::sha1(&[&data]));
    answer
}

/// `g_a` of step 6, at its offset in the answer.
pub(crate) fn sample_g_a() -> Vec<u8> {
    answer_with_hash()[20 + 304..20 + 560].to_vec()
}

/// `nonce` of step 1.
pub(crate) const NONCE: &str = "15a084b3b9ca2a17f03925f44b78fe68";

/// `server_nonce` of step 2.
pub(crate) const SERVER_NONCE: &str = "d6701fcd212ceb87c966e5318f5564a8";

/// `new_nonce` of step 4.
pub(crate) const NEW_NONCE: &str =
    "845fad32d10a4c7967da49a89fbe508ad24aa3150992b499b3b2c72cdc0f364c";

/// `tmp_aes_key` of step 6.
pub(crate) const TMP_AES_KEY: &str =
    "d32e4a7f18252ae2b0406b84633e1117833ed75bda40011d1e1700e3e08a8ae7";

/// `tmp_aes_iv` of step 6.
pub(crate) const TMP_AES_IV: &str =
    "4ffc40d969d49934ed3740ff66d9179947a5e1d85c4c7f15555920c1845fad32";

/// `padding` of step 7.1.
pub(crate) const CLIENT_PADDING: &str = "c320374a97c7bb863cff9f97";

/// `new_nonce_hash1` of step 9.
pub(crate) const NEW_NONCE_HASH_1: &str = "677f483bb89fd206b244a2d1ac38cb31";

/// `data` of step 4: a p_q_inner_data_dc for DC 2.
pub(crate) const PQ_INNER_DATA: &str = "
    955ff5a9081460e7d3fa727791000000043c2357cf0000000456bfb29f00000015a084b3b9ca2a17f03925f44b78fe68
    d6701fcd212ceb87c966e5318f5564a8845fad32d10a4c7967da49a89fbe508ad24aa3150992b499b3b2c72cdc0f364c
    02000000
";

/// The whole packet of step 1.
pub(crate) const REQ_PQ_PACKET: &str =
    "000000000000000064f70d00fcc0ab6514000000f18e7ebe15a084b3b9ca2a17f03925f44b78fe68";

/// The whole packet of step 2. Its length field is wrong on the page (184 for 80): the page counts what follows it twice and more.
pub(crate) const RES_PQ_PACKET: &str = "
    000000000000000001c46fbefcc0ab65b80000006324160515a084b3b9ca2a17f03925f44b78fe68d6701fcd212ceb87
    c966e5318f5564a8081460e7d3fa72779100000015c4b51c03000000a5b7f709355fc30b216be86c022bb4c385fd64de
    851d9dd0
";

/// `encrypted_answer` of step 6.
pub(crate) const ENCRYPTED_ANSWER: &str = "
    fef627ac3a88027bc6583f95d82e610066a87b839614ee343cd8d37f2b2c81fc964561ba164f44e4b3c39a6cc74c6e2f
    2687c2e5872658e4301734b3814d420c684d94c0b93c4b335dbb346266cdad20b3eec91ae49b59e130eab877fd03c07b
    a786da8eff7bddcb773e0c4c1c7c66fe5c5a39d32a76400d71fbd2a09d5bfdf3b3976f17c1da7fd77349cbd97ebc5217
    181541f43d8dedb3027dc3989623dcf849ff391832f409903e7620ebbf7675cefa13cec90570bb0ee196c5bb67db169d
    b902c1192f67d9a74b1b9782ff02fd4db78c76117d6639a6ed87f5deb37ed49296f2c94ea835d0988a270749c3e6d1d0
    b0be88f3985d683e48f2e2ac7648175ee72bea1b52641c23ec8eefbd6025516e91cce20c25cb5159b5c9d9ca19a15dd4
    a44f422946b758ec4c968bde0832e2389d5b9f3c3ac520ac58753747717f7276a7df3ff841a7abd18524a3150f537471
    f73a9818097e82d9645a9ce38f858d510ffc79ce11d96173c22dde2b0ae490b8cc7b10bcc7bb8879027872e724dcc648
    ddf7ae6f14c3229e7d611463e513d38be913d0d50e9d439337c0fd8d71c9ef70c602a47173d699308216c7c44c40615b
    f8e9806a5dfa56f4529ad70e784c1904a9488a019a6c7ab7d822a9a6926a1916891302c1827ce54e9d8829ee079d1973
    0dfeba218d317eb4f22a2418ef9343da75131fc6f37a80d5eeb93309711244ae3a1d4ca1906f10b4f06c8f9bf547a6fe
    a9a8d0cc910b15e7da9a0acf0c2e7934f7a7dba8effe4d135dbd207c609bfc3bac89ba949ddf754879712f6b97c50a54
    f560d0a75da8a078a039f21bca129fcb
";

/// `b` of step 7.
pub(crate) const SECRET_B: &str = "
    a521c97b9d210812c56055c62fe8c3ce7fc97a75e51d4428f78f7d5f7325fce03ff70d99039502fb75059dc40e36cf4f
    4d7a073937cc6dbc86ab864e7b3f26efe833f766856033931bc41f031507dd571fcfebb28f1b3df1577a90c25b95c568
    94aab64c681961ac68afa9aadf03752d0e26eadd645a02d7895b64846eb83b3ddd458d856870cd8c0765b985c1ed50d5
    d802dde67b159c899898a9b738d17802f3d50b83a868738d8502bbe33b8d7fbc3348e3e444352816fd84d300a2a8e211
    7cac0eaec654235183187d85548791bf25abfd1ac97eab7fa685f67a57e7bbe47b96a99b8f34b8eb523c18aee074eaba
    cb6fa9a28a41f4f961f41d86b19f4ec1
";

/// `g_b` of step 7.
pub(crate) const G_B: &str = "
    a0bb357c5a5fbc4ec9d8b2171c030cb68a693a8024cd9e3630bae4ce000a14a5dbf8a40dfb322678a797ed3d591032d0
    a1c529be4e76b7ebd5436e7bf7539a9ab5a5fe9dd62f37cae704efe0c10dd608e5d9554f7b2f7198e99ce29a9a86cce0
    fbb1491eba269deb6aa20c5cb2134e75e5c70a7c0e7d47ee16f87189d135edae37ead992063c11aea4ac660cf3ebe61b
    6c21adaac2a9317120a6f4d1da65978fa74bf94cc65a0ca2479d064906e78575049e7654d346ca576c6778f478cdb48f
    ca2fd9202e6e5f95fef623a206207afb41619c419357b49f4f8825b37ef7e74811fba22bdf45730f423793c504951436
    3232f3358bc5f60a416bdce7d7bbfb49
";

/// `encrypted_data` of step 7.1.
pub(crate) const CLIENT_ENCRYPTED_DATA: &str = "
    79ca5b557095ad847c53d6308a38b62fc9a6f2356c07f298d21c9b0db4002d90c4c0fb9c72626f9f146b4e3a81f59ed5
    cc6a0b4f59bc7411cdca6bda8c27b6c3b6db548f076bb6ccb6791db116e6368c7328ba21212121446ce754ec118cf380
    ed0cb0d798418ce54d7f68fcae7af146f4f8df31f98794ff6ee06c35de10a86518434a9f83cdc05fd5b151a50f63ad87
    d8529d7aa032498af9c17c6f02e7ee1e8733f5752186880fa475f2977c7f00e1d8384e20613971f98efd81a3c6bfb3b8
    f97969fb39d172527961341bbfdc9d2895306365a52f2cb9087c122e53990800bd596e05aa25a5642996afb43061178a
    580f21e3c47080418b4cf0b6b10fc0c78595d486b3a3dd401d1bf37257c2584bfd5d71a708b138a6e22f853e522696aa
    6d1a8532461abaea7935a975e3c978a7a00c792cb3adf688d0b1480c6c016b04cd1bc36546cd9acabaa0c84db571749b
";

/// `auth_key` of step 8.
pub(crate) const AUTH_KEY: &str = "
    77379866d71627e6c3635361f9681b03c9ee8a7aab9552ef513a13315eabc18a118ed649614ae1f01dab8f71d8334130
    9c5999ad4889e5d9f3e911aaad00d9ddc24273d7b97dd92151f969242f347c8f9d5de44e8d7e87a69c2ae1757f5ecd20
    aafc586edd34c89ac8d5b8f7c9eb33a0c7f06a69632bceb8de03e336e5af0332d4b1f52ba73fbe7a3a6fe8c2268c10b9
    357e5474a7cceb0e39fe3b4a92900cd09af3c307d8fa90cb9da2ad35643fb0335bd0b7e6d30d1038741eb632e6a97b69
    2a1f76f418af74337d05539b59df1d4e16b7e0c87240595ddfd26037cdb7e70db4b6c5cae532f49bc6974f6f46fd3cbd
    cd90ebb6795fd9a43421bcdf893d5c46
";

/// 2^2047 + 0x77f: the first prime above 2^2047 whose half is composite; found with Python, `pow(2, p - 1, p) == 1`.
pub(crate) const PRIME_NOT_SAFE: &str = "
    800000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000
    0000000000000000000000000000077f
";

// A whole SRP answer for the password "234567" and the known prime with g = 3: grammers-crypto 0.11,
// src/two_factor_auth.rs, check_calculations_2. Python's hashlib and pow() give the same.

/// `salt1`.
pub(crate) const SRP_SALT1: &str =
    "5f483c38bd0986e7cdc95ae138ef4f49b951c1f81c713fecdef3af692cec4b4716ac9b770a195ebe";

/// `salt2`.
pub(crate) const SRP_SALT2: &str = "b616fc6bbedf511119c5ed34629527f1";

/// `srp_B`.
pub(crate) const SRP_G_B: &str = "
    93f70ebd50f6426aca2568769599f91f24d01284cc51a449e62dcc1527dfe50126b2aa44238e4fb2331419ed4aebf1a0
    ae15e03abd18bfc52ca6baec564c13b5a1d2e357799897757bb736fdc2ceb1b56aacf19ab3548d6d922a522f0b51f401
    24c3bc9936aff3e1dcfbea39ac9ad2addc6af0ad30783278bbb84cab0ed8464b0ffeb2b0c93a39a5d97dba0105672ca5
    475373d8d23e54a6ac9bed9519e8bef4f00719f5ad56151be5537648df2f8e3e7265cb57fb94a054ce2a82b8cc664ad0
    60e0d6c6df1879345440eb977fa0f2d36f31a253d8917732f133d40033a34b6152969b600d59cdabfea2ab2393ad659e
    56d66e13605b1f61e48e3cd65c0f58ac
";

/// The client's secret exponent.
pub(crate) const SRP_A: &str = "
    bf31574f34fce1e53891c59b7f62468a0ca682da8585df8de0a18873359755fbb1818878a9ee919bb1e94d20c5f0607e
    02a33176199bf3220256c9ea1a69f395a515d20539d88cda750a5252fb864f573f2b032f3b467d08b34fd9c89d1c5d06
    278e113e51d4e893c1c027455af4653f096607a4156d94fb8e1dc7cee5bfe32850982f941ae4414e83bf22df56270b43
    b7ccc44c26d40886464da8e344a8540795b8f69b8f508552a723cd6931e1d69204e8e9dc056f0a2a10a0d7951e355f3e
    def5a5e18a9091295a51eb9db10b8b0d30489c8d29bc0cd86e97781f5e30c5b6bfe7caf4aae81b282e653ac48aa1a8fd
    e789722bc04f4320cd9f86849fe05ca4
";

/// `M1`.
pub(crate) const SRP_M1: &str = "4d7af412c5a2e7b15467376bd118b853604e687b31f51c4980c4d7c1876613e3";

/// `A`.
pub(crate) const SRP_G_A: &str = "
    0fa12bc655b1187a28296a69ae565d682782e0ceb05a089c0c41c1dce983dc7f4a53434ea78e065d9e1cb60e427b4468
    a4780609feba2f55654ee2efe0aeb72edafde2652e26ed5b4d4baad9d2a381806af63416bf6263df45a43d85be5401bc
    223ebfac09421caddd7e260bd6b86542133c048d6cd54b38d8e2ccdf6b550e875b1353a4acfe3292ffb56a0f58b2a390
    27c9bfdd91fd4c531d23c77d6e8f7d583eaeea316dedded69935296ce7ea34e9be6ef2fbd829eac4c9bd646dc1563e47
    f77b91431ca002cf79fc149d968272835c15ca1c6b2c5e03712a2e1b5d52f5e4faa1c16cb177fafd96a6aa5b4b3f4c64
    9915644b63855cfb38561ff17fedfb8a
";

/// `new_password_hash` of "newPassword" with the salts of the test: gotd/td, crypto/srp/new_hash_test.go.
pub(crate) const SRP_VERIFIER: &str = "
    186ac18dcc5790bf6bba21bd958d375ee5481af0029e9bd7a9c68ec926bd5196d81f8cd8b58ee06c8a10adeacc7f56e8
    19ff514825deb15b1fadec6aae17a244cb23488d17349cd4261a8ba4da7b9c2ce5c40014dd9e362750acf3ac89b8b8f5
    c618f0b6a572c38fff3a554d8818a0b8e7b6015e1836128a1e4e2d5cf9971d1dd048aa181d861152eae7155396268063
    2387b89ac1865fded7c8c3daa64ed38dc25036663fa0cf7748c52ea19c187e70a752a8053e409d4894218a429393d033
    82e41e50b7415b3b8ad092fd0790f88d894e84dca78f47f4218937d7aa99d88c87c09bcb8da890e535026623cea6fc8b
    3d25db70cb42aaa48323927d87a8fcf1
";

/// The production servers' key, <https://my.telegram.org>.
pub(crate) const PRODUCTION_PEM: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEA6LszBcC1LGzyr992NzE0ieY+BSaOW622Aa9Bd4ZHLl+TuFQ4lo4g
5nKaMBwK/BIb9xUfg0Q29/2mgIR6Zr9krM7HjuIcCzFvDtr+L0GQjae9H0pRB2OO
62cECs5HKhT5DZ98K33vmWiLowc621dQuwKWSQKjWf50XYFw42h21P2KXUGyp2y/
+aEyZ+uVgLLQbRA1dEjSDZ2iGRy12Mk5gpYc397aYp438fsJoHIgJ2lgMv5h7WY9
t6N/byY9Nw9p21Og3AoXSL2q/2IJ1WRUhebgAdGVMlV1fkuOQoEzR7EdpqtQD9Cs
5+bfo3Nhmcyvk5ftB0WkJ9z6bNZ7yxrP8wIDAQAB
-----END RSA PUBLIC KEY-----
";

/// The test servers' key, <https://my.telegram.org>.
pub(crate) const TEST_PEM: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAyMEdY1aR+sCR3ZSJrtztKTKqigvO/vBfqACJLZtS7QMgCGXJ6XIR
yy7mx66W0/sOFa7/1mAZtEoIokDP3ShoqF4fVNb6XeqgQfaUHd8wJpDWHcR2OFwv
plUUI1PLTktZ9uW2WE23b+ixNwJjJGwBDJPQEQFBE+vfmH0JP503wr5INS1poWg/
j25sIWeYPHYeOrFp/eXaqhISP6G+q2IeTaWTXpwZj4LzXq5YOpk4bYEQ6mvRq7D1
aHWfYmlEGepfaYR8Q0YqvvhYtMte3ITnuSJs171+GDqpdKcSwHnd6FudwGO4pcCO
j4WcDuXc2CTHgH8gFTNhp/Y8/SpDOhvn9QIDAQAB
-----END RSA PUBLIC KEY-----
";
