using System.Runtime.CompilerServices;
using EmotionMLNet.Web.Hosting;
using EmotionMLNet.Web.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace EmotionMLNet.Web.Pictures;

/// <summary>Pictures out of requests: the body itself, or the files of a form. Names of files are never looked at.</summary>
internal sealed class PictureUpload(ServerSettings settings, ByteBudget budget)
{
    private const int LongestBoundary = 100, MostHeaders = 16, LongestHeaders = 8 << 10;

    // Fields of a form that are no files.
    private const int MostFields = 16;

    private long LargestPicture => (long)settings.BodyMegabytes << 20;

    /// <summary>The one picture of a request; to be disposed of.</summary>
    /// <exception cref="ProblemException">There is none, or more than one; or it is too large or too slow.</exception>
    public async Task<PictureBuffer> ReadOneAsync(HttpContext context)
    {
        // Refused here, Kestrel reads on for a moment: a proxy that was still sending would find the line cut, and no answer.
        if (context.Request.ContentLength > LargestPicture) throw PictureBuffer.TooLarge(LargestPicture);
        PictureBuffer? picture = null;
        try
        {
            if (Boundary(context.Request) is null)
            {
                picture = await ReadAsync(context.Request.Body, context.RequestAborted);
            }
            else
            {
                await foreach (UploadedFile file in ReadFilesAsync(context, mostFiles: 1, context.RequestAborted))
                    picture = file.Picture ?? throw new ProblemException(file.Problem!);
            }
            if (picture is null || picture.Content.IsEmpty)
                throw new ProblemException(400, "There is no picture.", "Send its bytes as the body, or one file of a form.");
            return picture;
        }
        catch
        {
            picture?.Dispose();
            throw;
        }
    }

    /// <summary>The files of a form, each read when it is asked for; pictures are to be disposed of.</summary>
    /// <exception cref="ProblemException">
    /// While enumerating: the request is no form, or broken or too slow; or there are too many files.
    /// </exception>
    public async IAsyncEnumerable<UploadedFile> ReadFilesAsync(
        HttpContext context, int mostFiles, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string boundary = Boundary(context.Request)
            ?? throw new ProblemException(415, "The files of a form are wanted.", "Send them as multipart/form-data.");
        var reader = new MultipartReader(boundary, context.Request.Body)
        {
            HeadersCountLimit = MostHeaders,
            HeadersLengthLimit = LongestHeaders,
            BodyLengthLimit = null, // each picture is measured as it is read
        };
        int files = 0, fields = 0;
        while (await NextAsync(reader, cancellationToken) is { } section)
        {
            if (!IsFile(section))
            {
                if (++fields > MostFields) throw new ProblemException(400, "The form has too many fields.", "Send files only.");
                continue;
            }
            if (++files > mostFiles)
                throw mostFiles == 1
                    ? new ProblemException(400, "There is more than one picture.", "Send one, or use /v1/classify-many.")
                    : new ProblemException(413, "There are too many files.", $"Send at most {mostFiles} in a request.");
            yield return await ReadFileAsync(section.Body, cancellationToken);
        }
    }

    // The form goes on behind a file that is too large, or for which there was no room.
    private async Task<UploadedFile> ReadFileAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            return new UploadedFile(await ReadAsync(stream, cancellationToken), null);
        }
        catch (ProblemException e) when (e.Problem.Status is 413 or 503)
        {
            return new UploadedFile(null, e.Problem);
        }
    }

    /// <summary>Lets a request be as large as one for many files may be.</summary>
    public void AllowMany(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = (long)settings.ManyMegabytes << 20;
    }

    private async Task<PictureBuffer> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(settings.BodySeconds));
        var picture = new PictureBuffer(budget);
        try
        {
            await picture.ReadAsync(stream, LargestPicture, patience.Token);
            return picture;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            picture.Dispose();
            throw new ProblemException(408, "The picture came too slowly.", $"It must be there within {settings.BodySeconds} seconds.");
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            picture.Dispose();
            throw Broken();
        }
        catch
        {
            picture.Dispose();
            throw;
        }
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException || (e is IOException and not BadHttpRequestException))
        {
            throw Broken();
        }
    }

    private static ProblemException Broken() => new(400, "The form is broken.", "It ends early, or a part has too many headers.");

    private static bool IsFile(MultipartSection section)
        => ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out ContentDispositionHeaderValue? header)
            && (header.FileName.HasValue || header.FileNameStar.HasValue);

    private static string? Boundary(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)) return null;
        if (!type.MediaType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)) return null;
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > LongestBoundary)
            throw new ProblemException(400, "The form is broken.", "Its Content-Type has no boundary, or one that is too long.");
        return boundary;
    }
}

/// <summary>A file of a form: its picture, or why there is none.</summary>
internal readonly record struct UploadedFile(PictureBuffer? Picture, Problem? Problem);
