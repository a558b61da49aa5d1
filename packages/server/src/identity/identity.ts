import {
  createRemoteJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
  type JWTVerifyGetKey,
  SignJWT,
} from 'jose'

/** Who somebody is: JWTs from an issuer of your own (JWKS), or from the development issuer built in. */
export interface Identity {
  verify(token: string): Promise<SignedIn>
}

export type SignedIn =
  | { readonly ok: true; readonly user: string; /** ms since 1970 */ readonly expires: number }
  | { readonly ok: false; readonly why: string }

export interface IdentityOptions {
  readonly issuer: string
  readonly audience: string
  /** seconds a clock may be off */
  readonly leeway?: number
}

/** Algorithms are fixed: what a token asks for is not an argument. */
const ALGORITHMS = ['EdDSA', 'ES256', 'RS256']

export const identityFrom = (keys: JWTVerifyGetKey, { issuer, audience, leeway = 60 }: IdentityOptions): Identity => ({
  verify: async token => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: leeway,
      })
      if (payload.sub === undefined || payload.exp === undefined)
        return { ok: false, why: 'the token names no user or no end' }
      return { ok: true, user: payload.sub, expires: payload.exp * 1000 }
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { ok: false, why: 'the sign-in has expired' }
      if (error instanceof errors.JOSEError) return { ok: false, why: 'the token is not valid here' }
      throw error
    }
  },
})

/** An issuer outside, by the address of its key set. */
export const remoteIdentity = (jwks: URL, options: IdentityOptions): Identity =>
  identityFrom(createRemoteJWKSet(jwks), options)

/** The built-in issuer for development and tests: one key pair, kept with the environment. */
export interface DevelopmentIssuer {
  readonly identity: Identity
  readonly key: JWK
  token(user: string, seconds?: number): Promise<string>
}

export const developmentOptions: IdentityOptions = { issuer: 'rejoin-development', audience: 'rejoin' }

/** @param key private key as JWK from an earlier start; a new one is made where there is none */
export const createDevelopmentIssuer = async (key?: JWK): Promise<DevelopmentIssuer> => {
  const secret = key ?? (await newKey())
  const signer = await importJWK(secret, 'EdDSA')
  const { d: _private, ...open } = secret
  const verifier = await importJWK(open, 'EdDSA')
  return {
    key: secret,
    identity: identityFrom(() => Promise.resolve(verifier), developmentOptions),
    token: (user, seconds = 12 * 3600) =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'EdDSA' })
        .setSubject(user)
        .setIssuer(developmentOptions.issuer)
        .setAudience(developmentOptions.audience)
        .setIssuedAt()
        .setExpirationTime(`${seconds} s`)
        .sign(signer),
  }
}

const newKey = async (): Promise<JWK> => {
  const pair = await generateKeyPair('EdDSA', { extractable: true })
  return exportJWK(pair.privateKey)
}
