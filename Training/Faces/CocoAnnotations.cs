using System.Text.Json;

namespace EmotionMLNet.Training.Faces;

/// <summary>
/// COCO's form: one .json with images (id, file_name), annotations (image_id, category_id, bbox as x, y, width, height, iscrowd) and
/// categories (id, name). Crowds count for nothing. Pictures lie beside the file, or in the folder images or that of the file's own name.
/// </summary>
internal static class CocoAnnotations
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<AnnotatedPicture> Read(string path)
    {
        Document document;
        try
        {
            document =
                JsonSerializer.Deserialize<Document>(FaceAnnotations.ReadText(path), Json)
                ?? throw new TrainingException($"{path}: it is empty.");
        }
        catch (JsonException e)
        {
            throw new TrainingException($"{path}:{e.LineNumber + 1}: it is not COCO's form: images, annotations, categories.");
        }
        if (document.Images is not { Count: > 0 } images || document.Annotations is not { } annotations)
            throw new TrainingException($"{path}: it is not COCO's form: images and annotations are missing.");
        Dictionary<long, string> categories = (document.Categories ?? []).DistinctBy(c => c.Id).ToDictionary(c => c.Id, c => c.Name ?? "");
        HashSet<string> names = FaceAnnotations.ChooseNames([.. categories.Values.Distinct()], path);
        ILookup<long, Annotation> ofImage = annotations.ToLookup(a => a.Image_Id);
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string[] folders = [folder, Path.Combine(folder, "images"), Path.Combine(folder, Path.GetFileNameWithoutExtension(path))];
        List<AnnotatedPicture> pictures = [];
        foreach (Picture image in images)
        {
            string name = image.File_Name ?? throw new TrainingException($"{path}: image {image.Id} has no file_name.");
            string picture = FaceAnnotations.FindPicture(name, folders) ?? Path.Combine(folder, name);
            List<FaceBox> faces = [], ignored = [];
            foreach (Annotation a in ofImage[image.Id])
            {
                if (categories.Count > 0 && !(categories.TryGetValue(a.Category_Id, out string? category) && names.Contains(category)))
                    continue;
                if (a.Bbox is not [var x, var y, > 0 and var width, > 0 and var height])
                    throw new TrainingException($"{path}: a box of image {image.Id} ({name}) is not [x, y, width, height].");
                (a.IsCrowd == 1 ? ignored : faces).Add(new FaceBox(x, y, width, height));
            }
            pictures.Add(new AnnotatedPicture(picture, faces, ignored));
        }
        return pictures;
    }

#pragma warning disable CA1707 // named as COCO's members are
    private sealed record Document(List<Picture>? Images, List<Annotation>? Annotations, List<Category>? Categories);

    private sealed record Picture(long Id, string? File_Name);

    private sealed record Annotation(long Image_Id, long Category_Id, float[]? Bbox, int IsCrowd);

    private sealed record Category(long Id, string? Name);
#pragma warning restore CA1707
}
